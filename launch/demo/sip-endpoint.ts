import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import type { SipMessage } from './sip-message';
import { cseqOf, formatSip, headerOf, methodOf, parseSip } from './sip-message';
import type { PeerName, Trace } from './trace';

export interface Address {
  host: string;
  port: number;
}

/** A request that came in, with the means to answer it. */
export interface ReceivedRequest {
  message: SipMessage;
  source: Address;
  respond: (response: SipMessage) => void;
}

export interface EndpointHandlers {
  onRequest: (request: ReceivedRequest) => void;
}

const T1_MS = 500;
const T2_MS = 4_000;
/** 64*T1: RFC 3261 timers B, F and H. */
const GIVE_UP_MS = 64 * T1_MS;

interface ClientTransaction {
  onResponse: (response: SipMessage) => void;
}

/** SIP over UDP with the retransmissions of RFC 3261 section 17, recording everything that passes. */
export class SipEndpoint {
  private readonly clients = new Map<string, ClientTransaction>();
  /** Requests seen, by branch and method, with the answer given last. */
  private readonly servers = new Map<string, { answer?: SipMessage; stop: () => void }>();
  /** ACKs of 2xx responses, sent again with each repeat of the 2xx (RFC 3261 section 13.2.2.4). */
  private readonly acks = new Map<string, { ack: SipMessage; to: Address }>();
  private readonly seen = new Set<string>();
  private readonly timers = new Set<NodeJS.Timeout>();

  private constructor(
    readonly name: PeerName,
    readonly address: Address,
    private readonly socket: Socket,
    private readonly trace: Trace,
    private readonly handlers: EndpointHandlers
  ) {
    socket.on('message', (bytes, source) => this.receive(bytes, source));
    socket.on('error', () => undefined);
  }

  static async open(name: PeerName, address: Address, trace: Trace, handlers: EndpointHandlers): Promise<SipEndpoint> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(address.port, address.host, resolve);
    });
    socket.removeAllListeners('error');
    return new SipEndpoint(name, { host: address.host, port: socket.address().port }, socket, trace, handlers);
  }

  /** Adds the Via, sends, and repeats until an answer comes. @returns the final response, a 408 of our own when none came */
  request(message: SipMessage, to: Address, onProvisional?: (response: SipMessage) => void): Promise<SipMessage> {
    const branch = `z9hG4bK${randomBytes(8).toString('hex')}`;
    const sent = { ...message, headers: [{ name: 'Via', value: this.via(branch) }, ...message.headers] };
    const key = `${branch} ${methodOf(message)}`;
    return new Promise((resolve) => {
      const isInvite = message.method === 'INVITE';
      const stop = this.repeat(sent, to, isInvite ? Infinity : T2_MS, () => finish(timedOut(sent)));
      const finish = (response: SipMessage): void => {
        stop();
        resolve(response);
        if (isInvite && (response.status ?? 0) >= 300) this.send(ackOfRefusal(sent, response), to);
      };
      remember(this.clients, key, {
        onResponse: (response) => {
          if ((response.status ?? 0) >= 200) {
            finish(response);
            return;
          }
          if (isInvite) stop();
          onProvisional?.(response);
        },
      });
    });
  }

  via(branch: string): string {
    return `SIP/2.0/UDP ${this.address.host}:${this.address.port};branch=${branch};rport`;
  }

  /** Sends the ACK of a 2xx. */
  acknowledge(ack: SipMessage, to: Address): void {
    remember(this.acks, ackKey(ack), { ack, to });
    this.send(ack, to);
  }

  private send(message: SipMessage, to: Address): void {
    const text = formatSip(message);
    this.record('out', message, text);
    this.socket.send(text, to.port, to.host);
  }

  close(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    return new Promise((resolve) => this.socket.close(() => resolve()));
  }

  private receive(bytes: Buffer, source: RemoteInfo): void {
    const text = bytes.toString('utf8');
    const message = parseSip(text);
    if (message === undefined) return;
    this.record('in', message, text);
    if (message.status !== undefined) this.receiveResponse(message);
    else if (message.method === 'ACK') this.receiveAck(message);
    else this.receiveRequest(message, { host: source.address, port: source.port });
  }

  private receiveResponse(response: SipMessage): void {
    const known = methodOf(response) === 'INVITE' ? this.acks.get(ackKey(response)) : undefined;
    if (known) {
      this.send(known.ack, known.to);
      return;
    }
    this.clients.get(`${branchOf(response)} ${methodOf(response)}`)?.onResponse(response);
  }

  private receiveAck(ack: SipMessage): void {
    for (const [key, { stop }] of this.servers) if (key.endsWith(`${ackKey(ack)} INVITE`)) stop();
  }

  private receiveRequest(message: SipMessage, source: Address): void {
    const key = `${branchOf(message)} ${ackKey(message)} ${message.method ?? ''}`;
    const known = this.servers.get(key);
    if (known) {
      if (known.answer) this.send(known.answer, source);
      return;
    }
    remember(this.servers, key, { stop: () => undefined });
    this.handlers.onRequest({ message, source, respond: (response) => this.answer(key, response, source) });
  }

  /** A 2xx or refusal of an INVITE is repeated until its ACK comes (RFC 3261 sections 13.3.1.4 and 17.2.1). */
  private answer(key: string, response: SipMessage, to: Address): void {
    const isRepeated = key.endsWith(' INVITE') && (response.status ?? 0) >= 200;
    const stop = isRepeated ? this.repeat(response, to, T2_MS, () => undefined) : (): void => undefined;
    if (!isRepeated) this.send(response, to);
    this.servers.set(key, { answer: response, stop });
  }

  private repeat(message: SipMessage, to: Address, longestMs: number, onGiveUp: () => void): () => void {
    const startedAt = Date.now();
    let timer: NodeJS.Timeout | undefined;
    const sendAndWait = (waitMs: number): void => {
      this.send(message, to);
      timer = setTimeout(() => {
        this.timers.delete(timer as NodeJS.Timeout);
        if (Date.now() - startedAt >= GIVE_UP_MS) onGiveUp();
        else sendAndWait(Math.min(waitMs * 2, longestMs));
      }, waitMs);
      this.timers.add(timer);
    };
    sendAndWait(T1_MS);
    return () => clearTimeout(timer);
  }

  private record(direction: 'in' | 'out', message: SipMessage, text: string): void {
    const isRepeat = this.seen.has(`${direction} ${text}`);
    this.seen.add(`${direction} ${text}`);
    setTimeout(() => this.seen.delete(`${direction} ${text}`), GIVE_UP_MS).unref();
    this.trace.add({ kind: 'sip', at: Date.now(), peer: this.name, direction, isRepeat, message });
  }
}

/** Transactions are forgotten when no more repeats of their messages can come. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.set(key, value);
  setTimeout(() => map.delete(key), 2 * GIVE_UP_MS).unref();
}

function branchOf(message: SipMessage): string {
  return /;\s*branch=([^;,\s]+)/i.exec(headerOf(message, 'Via') ?? '')?.[1] ?? '';
}

/** An ACK has the Call-ID and CSeq number of its INVITE; that of a 2xx has a branch of its own. */
function ackKey(message: SipMessage): string {
  return `${headerOf(message, 'Call-ID') ?? ''} ${cseqOf(message).number}`;
}

function timedOut(request: SipMessage): SipMessage {
  return { status: 408, reasonPhrase: 'Request Timeout', headers: request.headers, body: '' };
}

/** RFC 3261 section 17.1.1.3. */
function ackOfRefusal(invite: SipMessage, response: SipMessage): SipMessage {
  const kept = ['Via', 'From', 'Call-ID', 'Max-Forwards'].map((name) => ({
    name,
    value: headerOf(invite, name) ?? '',
  }));
  const headers = [
    ...kept,
    { name: 'To', value: headerOf(response, 'To') ?? '' },
    { name: 'CSeq', value: `${cseqOf(invite).number} ACK` },
  ];
  return { method: 'ACK', requestUri: invite.requestUri ?? '', headers, body: '' };
}
