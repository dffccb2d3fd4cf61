import { EventEmitter, once } from 'node:events';
import type { EffectId } from '../../contracts/ids';
import type { Log } from '../log';
import { within } from '../within';
import { notConnected } from './failures';
import { incomingRequest } from './incoming-request';
import type { Answer, HeldInvite, IncomingRequest, OutgoingRequest, Sending, SipPort } from './port';
import { responseText } from './response-text';
import { SentTransaction } from './sent-request';
import { endWhenSilent } from './silence';
import type { SrfError, SrfInstance, SrfRequest } from './srf';
import { createSrf } from './srf';

export interface DrachtioOptions {
  host: string;
  port: number;
  /** Shared with the SIP server; never logged. */
  secret: string;
  /** Workers with the same tags take over each other's dialogs. */
  tags: string[];
  log: Pick<Log, 'info' | 'warn'>;
}

/** Wait between two attempts to connect again, in ms. Calls stand still until one succeeds, so it does not grow. */
const RECONNECT_EVERY_MS = 150;

/** srf wants one also where the SIP server knows the dialog or the transaction. */
const NO_URI = 'sip:placeholder';

/** The shortest that drachtio-srf takes, in ms. The SIP server gives calls to others when a worker that pings falls silent. */
const PING_INTERVAL_MS = 5_000;

/** A SIP server that answers no ping for so long is not there any more, whatever its connection looks like, in ms. */
const SILENT_MS = 10_000;

/** The SIP server on this machine or next to it says at once whether a request has left. */
const SENT_LIMIT_MS = 5_000;

/** The port over drachtio-srf: every way in which srf can throw, hang or fall silent becomes a result. */
export class DrachtioPort implements SipPort {
  readonly #srf: SrfInstance;
  readonly #pending = new Set<SentTransaction>();
  /** Requests given to the SIP server that it has not spoken of yet. */
  readonly #unsaid = new Set<() => void>();
  readonly #events = new EventEmitter();
  #isConnected = false;
  /** What the log has said of why there is no connection. */
  #fault = '';
  #version = '';
  #host = '127.0.0.1';
  #address = '127.0.0.1:5060';

  constructor(private readonly options: DrachtioOptions) {
    this.#srf = createSrf(options.tags);
  }

  /**
   * Takes the peers' requests. Must be called before `connect`. The catch-all comes first: srf would hand a re-INVITE of a dialog that it
   * does not know to the handler of new INVITEs.
   */
  onRequest(handlers: { inDialog(request: IncomingRequest): void; invite(request: IncomingRequest): void }): void {
    this.#srf.use((req, res, next) => {
      const request = incomingRequest(req, res);
      if (request.toTag === undefined) next();
      else handlers.inDialog(request);
    });
    // Asks for NOTIFYs outside of our dialogs; those with a tag of ours are taken above.
    this.#srf.notify((_, res) => res.send(481, undefined, {}));
    this.#srf.invite((req, res) => handlers.invite(incomingRequest(req, res)));
  }

  /** Connects, and again whenever the connection breaks. Resolves with the first connection. */
  async connect(): Promise<void> {
    const { host, port, secret } = this.options;
    this.#srf.on('connect', (err: Error | null, hostports = '', version = '') =>
      this.#onConnect(err, String(hostports), String(version))
    );
    this.#srf.on('error', (err: Error) => this.#onError(err));
    this.#srf.on('close', () => this.#onClose());
    const reconnect = { retryMaxDelay: RECONNECT_EVERY_MS };
    this.#srf.connect({ host, port, secret, reconnect, enablePing: true, pingInterval: PING_INTERVAL_MS });
    this.#srf._app.client?.wp.on('connect', (socket) => endWhenSilent(socket, SILENT_MS));
    if (!this.#isConnected) await once(this.#events, 'connected');
  }

  /** Called with each connection, the first included. */
  onConnected(listener: () => void): void {
    this.#events.on('connected', listener);
  }

  close(): void {
    try {
      this.#srf.disconnect();
    } catch {
      // Not connected: nothing to close.
    }
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get keepsEffects(): boolean {
    return this.#version.includes('+effects');
  }

  get host(): string {
    return this.#host;
  }

  get address(): string {
    return this.#address;
  }

  async send({
    method,
    uri = NO_URI,
    dialogId,
    proxy,
    headers = {},
    body,
    effectId,
  }: OutgoingRequest): Promise<Sending> {
    const effect = effectId !== undefined && this.keepsEffects ? { 'X-Effect-Id': effectId } : {};
    return this.#request(uri, {
      method,
      headers: { ...headers, ...effect },
      ...(body === undefined ? {} : { body }),
      ...(proxy === undefined ? {} : { proxy }),
      ...(dialogId === undefined ? {} : { stackDialogId: dialogId }),
    });
  }

  async cancelEffect(effectId: EffectId): Promise<boolean> {
    const sending = await this.#request(NO_URI, { method: 'CANCEL', stackTxnId: effectId });
    return sending.kind === 'sent';
  }

  relayProgress(transaction: HeldInvite, answer: Answer): void {
    void this.#respondTo(transaction, answer);
  }

  async isWaiting(transaction: HeldInvite): Promise<boolean> {
    // 100 changes nothing for the peer; the SIP server refuses it when the INVITE is over.
    const verdict = await this.#respondTo(transaction, { status: 100, reason: 'Trying' });
    if (verdict === undefined) throw notConnected();
    return verdict;
  }

  /** @returns whether the SIP server took the response; undefined when it is not there */
  async #respondTo(transaction: HeldInvite, answer: Answer): Promise<boolean | undefined> {
    const { client } = this.#srf._app;
    const pending =
      client && this.#isConnected ? client.mapServer.get(client._getDefaultSocket())?.pendingRequests : undefined;
    if (!client || !pending) return undefined;
    const { transactionId: stackTxnId } = transaction;
    const isTaken = new Promise<boolean>((resolve) => {
      const messageId = client.sendMessage(responseText(transaction, answer), { stackTxnId });
      pending.set(messageId, ([verdict]) => resolve(verdict === 'OK'));
    });
    return within(SENT_LIMIT_MS, isTaken);
  }

  async #request(uri: string, options: Parameters<SrfInstance['request']>[1]): Promise<Sending> {
    if (!this.#isConnected) return { kind: 'not-sent', reason: 'no connection to the SIP server' };
    let timer: NodeJS.Timeout | undefined;
    let giveUp: () => void = () => undefined;
    try {
      return await new Promise<Sending>((resolve) => {
        giveUp = () => resolve({ kind: 'unsaid' });
        timer = setTimeout(giveUp, SENT_LIMIT_MS);
        this.#unsaid.add(giveUp);
        this.#srf.request(uri, options, (err, request) => resolve(this.#sending(err, request)));
      });
    } catch (err) {
      // srf throws at once when its socket is gone.
      return { kind: 'not-sent', reason: err instanceof Error ? err.message : String(err) };
    } finally {
      clearTimeout(timer);
      this.#unsaid.delete(giveUp);
    }
  }

  #sending(err: SrfError | null, request: SrfRequest): Sending {
    if (err) return err.code === 'ENODIALOG' ? { kind: 'no-dialog' } : { kind: 'not-sent', reason: err.message };
    const sent = new SentTransaction(request as SrfRequest & { cancel(callback: () => void): void });
    this.#pending.add(sent);
    request.on('response', (response: { status: number }) => {
      if (response.status >= 200) this.#pending.delete(sent);
    });
    return sent;
  }

  #onConnect(err: Error | null, hostports: string, version: string): void {
    const { log, host, port } = this.options;
    if (err) {
      log.warn({ host, port }, 'the SIP server refused the secret');
      return;
    }
    this.#isConnected = true;
    this.#fault = '';
    // srf sets this on its first connection only.
    this.#srf._app.client?._getDefaultSocket().setNoDelay(true);
    this.#version = version;
    const [, address, serverHost] = /\/((\[[^\]]+\]|[^:/,]+)(?::\d+)?)/.exec(hostports) ?? [];
    this.#address = address ?? this.#address;
    this.#host = serverHost ?? this.#host;
    log.info({ hostports, version }, 'connected to the SIP server');
    this.#events.emit('connected');
  }

  #onError({ message }: Error): void {
    if (message === this.#fault) return;
    this.#fault = message;
    const { log, host, port } = this.options;
    log.warn({ err: message, host, port }, 'connection to the SIP server failed; trying again until it is there');
  }

  #onClose(): void {
    // So ends each attempt to connect again, too.
    if (!this.#isConnected) return;
    this.#isConnected = false;
    for (const giveUp of this.#unsaid) giveUp();
    for (const sent of this.#pending) sent.lose();
    this.#pending.clear();
    this.options.log.warn({}, 'connection to the SIP server lost; connecting again');
  }
}
