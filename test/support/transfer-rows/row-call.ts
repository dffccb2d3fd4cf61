import { randomUUID } from 'node:crypto';
import type { TransferStatusEvent } from '../../../contracts/bot-events';
import { eventually } from '../eventually';
import type { ReceivedMessage } from '../sip-peer';
import { header, sdp, SipPeer, tagIn } from '../sip-peer';
import type { PeerDialog } from '../sip-peer-dialog';
import type { MessageParts } from '../sip-peer-message';
import { isOf, transferTo } from '../transfer-call';
import type { Dialled, Stage } from './stage';

/** Far more than any step takes, also on a machine where everything else runs at the same time. */
const LIMIT = { withinMs: 60_000 };
export const TARGET = 'sip:agent@127.0.0.1:5998';

export interface Report {
  /** Body, in the place of a status line. */
  body?: string;
  /** Subscription-State; default: what belongs to the status. */
  state?: string;
  /** `id` of the Event header. */
  id?: number;
}

/** One call of a row: a caller that knows only SIP, and the bot's wish for a transfer. */
export class RowCall {
  static async up(stage: Stage, dialled: Dialled): Promise<RowCall> {
    const caller = await SipPeer.open();
    const { dialog, ok } = await answered(stage, caller, dialled);
    const callId = /tag=([a-z2-7]{16})-/.exec(header(ok, 'To') ?? '')?.[1] ?? '';
    const call = new RowCall(stage, caller, dialog, callId, await SipPeer.open());
    caller.whenever('BYE', (bye) => caller.respond(bye, call.isDead ? 481 : 200));
    caller.whenever('OPTIONS', (options) => {
      if (!call.isDead) caller.respond(options, 200);
    });
    caller.whenever('INVITE', (offer) => call.#answerOffer(offer));
    await stage.webhook.expect(callId, 'start', LIMIT.withinMs);
    return call;
  }

  /** The peer has lost its dialog, or itself. */
  isDead = false;
  hasHungUp = false;
  /** The caller's side refuses so many of our offers. */
  refusesOffers = 0;
  /** The target has answered. */
  hasPickedUp = false;
  /** The REFER that is to be answered, and the INVITE at the target. */
  #refer: ReceivedMessage | undefined;
  #invite: ReceivedMessage | undefined;

  private constructor(
    readonly stage: Stage,
    readonly caller: SipPeer,
    readonly dialog: PeerDialog,
    readonly callId: string,
    /** Where transfers by INVITE go. */
    readonly target: SipPeer
  ) {}

  get refer(): ReceivedMessage {
    if (!this.#refer) throw new Error('no REFER came yet');
    return this.#refer;
  }

  get invite(): ReceivedMessage {
    if (!this.#invite) throw new Error('no INVITE came yet');
    return this.#invite;
  }

  get referCseq(): number {
    return Number.parseInt(header(this.refer, 'CSeq') ?? '', 10);
  }

  /** Asks until the API is not too busy to answer. */
  async ask(activity: object): Promise<{ status: number; body: unknown }> {
    const payload = { id: randomUUID(), ...activity };
    for (const deadline = Date.now() + LIMIT.withinMs; ;) {
      const answer = await this.stage.engine.post(this.callId, payload);
      if (answer.status !== 503 || Date.now() > deadline) return answer;
    }
  }

  /** The bot asks for the transfer, and the REFER comes. */
  async transfer(params: Record<string, unknown> = {}): Promise<void> {
    await this.ask(transferTo(TARGET, { transferNotificationsHangupMS: 100, ...params }));
    await this.nextRefer();
  }

  async nextRefer(): Promise<void> {
    this.#refer = await this.caller.expect('REFER', LIMIT);
  }

  async transferByInvite(): Promise<void> {
    const params = { transferNotificationsHangupMS: 100 };
    await this.ask(transferTo(this.target.uri('agent'), params));
    await this.nextInvite();
  }

  async nextInvite(): Promise<void> {
    this.#invite = await this.target.expect('INVITE', LIMIT);
    // Not the repeats of the first INVITE, which has no To tag yet.
    const isOffer = (message: ReceivedMessage): boolean =>
      message.method === 'INVITE' && tagIn(header(message, 'To')) !== undefined;
    this.target.whenever(isOffer, (offer) => this.target.respond(offer, 200, described(this.target, 3)));
  }

  /** The target answers; a second tag is another branch of a forking proxy. */
  pickUp(invite: ReceivedMessage, tag = 'target'): void {
    this.hasPickedUp = true;
    this.target.accept(invite, { tag, body: sdp(1, 41000) });
  }

  /** The next request of this method at the target, answered when it is a BYE. */
  async targetGets(method: string): Promise<ReceivedMessage> {
    const request = await this.target.expect(method, LIMIT);
    if (method === 'BYE') this.target.respond(request, 200);
    return request;
  }

  answer(status: number, headers: [string, string][] = []): void {
    this.caller.respond(this.refer, status, { headers: [['Contact', this.caller.contact], ...headers] });
  }

  /** Sends a NOTIFY without waiting for its answer. */
  report(status: number, report: Report = {}): void {
    this.dialog.request('NOTIFY', this.#notify(status, report));
  }

  /** Sends a NOTIFY and waits for its answer. */
  async reported(status: number, report: Report = {}): Promise<number> {
    const { headers } = this.dialog.request('NOTIFY', this.#notify(status, report));
    return this.statusOf(headers);
  }

  /** NOTIFY under other tags than those of the dialog. @returns the status it got */
  async reportedFrom(status: number, tags: { own: string; engine?: string }): Promise<number> {
    const message = this.dialog.build('NOTIFY', 1, this.#notify(status, {}));
    const engine = tags.engine ?? this.dialog.remoteTag ?? '';
    const headers = message.headers.map(([name, value]): [string, string] => {
      if (name === 'From') return [name, value.replace(/tag=.*/, `tag=${tags.own}`)];
      return name === 'To' ? [name, value.replace(/tag=.*/, `tag=${engine}`)] : [name, value];
    });
    this.caller.send({ ...message, headers }, this.dialog.server);
    return this.statusOf(headers);
  }

  hangUp(): void {
    this.hasHungUp = true;
    this.dialog.request('BYE');
  }

  /** The bot's next `transferStatus`. */
  async status(): Promise<TransferStatusEvent['value']> {
    const event = await this.stage.webhook.expect(this.callId, 'transferStatus', LIMIT.withinMs);
    return (event as TransferStatusEvent).value;
  }

  /** The final answer to the peer's last request of this method. */
  answerTo(method: string): Promise<ReceivedMessage> {
    return this.caller.expect((message) => isOf(message, method) && (message.status ?? 0) >= 200, LIMIT);
  }

  /** Waits until the call is in this phase. */
  async untilPhase(phase: string): Promise<void> {
    const isThere = async (): Promise<boolean> => (await this.stage.engine.view(this.callId)).phase === phase;
    await eventually(isThere, `${this.callId} ${phase}`);
  }

  async close(): Promise<void> {
    await this.caller.close();
    await this.target.close();
  }

  #answerOffer(offer: ReceivedMessage): void {
    if (this.refusesOffers-- > 0) this.caller.respond(offer, 488);
    else this.caller.respond(offer, 200, described(this.caller, 2));
  }

  private async statusOf(headers: [string, string][]): Promise<number> {
    const branch = branchOf(headers[0]?.[1]);
    const answer = await this.caller.expect(
      (message) => (message.status ?? 0) >= 200 && branchOf(header(message, 'Via')) === branch,
      LIMIT
    );
    return answer.status ?? 0;
  }

  #notify(status: number, { body, state, id }: Report): object {
    const ends = status >= 200 ? 'terminated;reason=noresource' : 'active;expires=60';
    return {
      headers: [
        ['Event', id === undefined ? 'refer' : `refer;id=${id}`],
        ['Subscription-State', state ?? ends],
      ],
      body: body ?? `SIP/2.0 ${status} Phrase\r\n`,
      contentType: 'message/sipfrag;version=2.0',
    };
  }
}

function described(peer: SipPeer, version: number): MessageParts {
  return { body: sdp(version), headers: [['Contact', peer.contact]] };
}

/** Dials until the engine is not too busy to answer. */
async function answered(
  stage: Stage,
  caller: SipPeer,
  dialled: Dialled
): Promise<{ dialog: PeerDialog; ok: ReceivedMessage }> {
  const to = `sip:${dialled}@127.0.0.1:${stage.engine.sipPort}`;
  for (const deadline = Date.now() + LIMIT.withinMs; ;) {
    const dialog = caller.dial({ port: stage.engine.sipPort }, { to, body: sdp() });
    const ok = await caller.expect((message) => (message.status ?? 0) >= 200, LIMIT);
    dialog.confirm(ok);
    dialog.ack();
    if (ok.status === 200) return { dialog, ok };
    if (Date.now() > deadline) throw new Error(`answered ${ok.status}`);
  }
}

function branchOf(via: string | undefined): string | undefined {
  return /branch=([^;\s]+)/.exec(via ?? '')?.[1];
}
