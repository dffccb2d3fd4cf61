import { randomUUID } from 'node:crypto';
import { CallsClient } from '../../client/calls';
import type { Engine } from './engine';
import { eventually } from './eventually';
import { header, sdp, tagIn } from './sip-peer';
import type { ReceivedMessage, SipPeer } from './sip-peer';
import type { PeerDialog } from './sip-peer-dialog';
import { titleOf } from './sip-peer-message';
import { isOf, transferTo } from './transfer-call';
import { answerReinvite, cancelling, isReinvite, VariedBot } from './varied-bot';
import type { WebhookBot } from './webhook-bot';

/** Numbers of a trunk that transfers by REFER, and of one that does by INVITE. */
export const BY_REFER = '1000';
export const BY_INVITE = '1001';

export interface Surroundings {
  engine: Engine;
  bot: SipPeer;
  webhook: WebhookBot;
  /** Where callers send to. */
  sipPort: number;
  openPeer: () => Promise<SipPeer>;
  /** A port that leads to a peer, and is shown as its own. */
  wayTo: (peer: SipPeer) => Promise<number>;
  /** Between 0 and 1. */
  random: () => number;
  /** How long a peer waits for what must come. */
  limitMs: number;
}

export interface CallResult {
  callId: string;
  /** The reason that its record must have. */
  expected: string;
  /** What happened another number of times than once. */
  notOnce: string[];
}

interface UpCall {
  callId: string;
  caller: SipPeer;
  dialog: PeerDialog;
}

type Ending = [expected: string, number: string, end: (call: UpCall) => Promise<string[]>];

/** Calls that end each in a way chosen by chance: by either side, an operator, or transfers of both kinds that succeed or fail. */
export class VariedCalls {
  readonly #bot: VariedBot;

  constructor(private readonly on: Surroundings) {
    this.#bot = new VariedBot(on.bot);
  }

  async run(calls: number, atOnce: number): Promise<CallResult[]> {
    const results: CallResult[] = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < calls) results.push(await this.#one(next++));
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    return results;
  }

  async #one(n: number): Promise<CallResult> {
    const caller = await this.on.openPeer();
    try {
      const ending = this.#endings[Math.floor(this.on.random() * (this.#endings.length + 1))];
      if (!ending) return await this.#cancelled(caller, n);
      const [expected, number, end] = ending;
      const call = await this.#up(caller, number);
      const { callId } = call;
      const notOnce = await end(call).catch((err: unknown) => this.#fail(call, expected, err));
      await this.on.engine.recordOf(callId, this.on.limitMs);
      return { callId, expected, notOnce: [...notOnce, ...this.#notOnceAtBot(callId)] };
    } finally {
      await caller.close();
    }
  }

  /** One way to end a call each. */
  readonly #endings: Ending[] = [
    ['client-disconnected', BY_REFER, (call) => this.#hangUp(call)],
    ['bot-disconnected', BY_REFER, (call) => this.#botHangsUp(call)],
    ['bot-disconnected', BY_REFER, (call) => this.#botAsksForTheEnd(call)],
    ['operator-disconnected', BY_REFER, (call) => this.#operatorEnds(call)],
    ['client-disconnected', BY_REFER, (call) => this.#referThenHangUp(call, 486)],
    ['transferred', BY_REFER, (call) => this.#referThenHangUp(call, 200)],
    ['client-disconnected', BY_INVITE, (call) => this.#inviteThenHangUp(call, 486)],
    ['transferred', BY_INVITE, (call) => this.#inviteThenHangUp(call, 200)],
  ];

  async #up(caller: SipPeer, number: string): Promise<UpCall> {
    caller.whenever(isReinvite, (invite) => answerReinvite(caller, invite));
    const dialog = caller.dial({ port: this.on.sipPort }, { to: `sip:${number}@127.0.0.1`, body: sdp() });
    const ok = await caller.expect((message) => (message.status ?? 0) >= 200, this.#limit);
    if (ok.status !== 200) throw new Error(`answered ${ok.status}`);
    dialog.confirm(ok);
    dialog.ack();
    const callId = callIdIn(ok);
    await this.on.webhook.expect(callId, 'start', this.on.limitMs);
    return { callId, caller, dialog };
  }

  async #hangUp({ caller, dialog }: UpCall): Promise<string[]> {
    dialog.request('BYE');
    await caller.expect((message) => isOf(message, 'BYE') && message.status === 200, this.#limit);
    return [];
  }

  async #botHangsUp(call: UpCall): Promise<string[]> {
    this.#bot.dialogOf(call.callId)?.request('BYE');
    return this.#byeAnswered(call);
  }

  async #botAsksForTheEnd(call: UpCall): Promise<string[]> {
    await this.#ask(call, { type: 'event', name: 'hangup' });
    return this.#byeAnswered(call);
  }

  /** As a bot asks: again, with the same id, when a busy machine answers 503. */
  async #ask({ callId }: UpCall, activity: object): Promise<void> {
    const id = randomUUID();
    let status = 503;
    const isTaken = async (): Promise<boolean> => {
      status = (await this.on.engine.post(callId, { ...activity, id })).status;
      return status !== 503;
    };
    await eventually(isTaken, `an activity of ${callId} is taken`, this.on.limitMs);
    if (status !== 200) throw new Error(`an activity was answered ${status}`);
  }

  #fail({ callId }: UpCall, expected: string, err: unknown): never {
    const sipCallId = this.#bot.dialogOf(callId)?.callId;
    const ofCall = this.on.bot.log.filter(({ message }) => header(message, 'Call-ID') === sipCallId);
    const atBot = ofCall.map(({ direction, message }) => `${direction} ${titleOf(message)}`).join(', ');
    throw new Error(`call ${callId}, ${expected}: ${String(err)}; at the bot: ${atBot}`, { cause: err });
  }

  async #operatorEnds(call: UpCall): Promise<string[]> {
    await new CallsClient(await this.on.engine.client()).end(call.callId, 'load test');
    return this.#byeAnswered(call);
  }

  async #byeAnswered({ caller }: UpCall): Promise<string[]> {
    caller.respond(await caller.expect('BYE', this.#limit), 200);
    return notOnce({ 'BYE at the caller': caller.count('BYE') });
  }

  /** The transferee's part: takes the REFER and reports what its call came to. */
  async #referThenHangUp(call: UpCall, status: number): Promise<string[]> {
    const { callId, caller, dialog } = call;
    await this.#ask(call, transferTo('sip:agent@127.0.0.1:5998', { transferNotificationsHangupMS: 100 }));
    caller.respond(await caller.expect('REFER', this.#limit), 202, { headers: [['Contact', caller.contact]] });
    for (const [code, state] of [
      [100, 'active'],
      [status, 'terminated;reason=noresource'],
    ] as const)
      dialog.request('NOTIFY', {
        headers: [
          ['Event', 'refer'],
          ['Subscription-State', state],
        ],
        body: `SIP/2.0 ${code} Phrase\r\n`,
        contentType: 'message/sipfrag',
      });
    await this.on.webhook.expect(callId, 'transferStatus', this.on.limitMs);
    await this.#hangUp(call);
    return notOnce({ 'REFER at the caller': caller.count('REFER'), ...this.#told(callId) });
  }

  async #inviteThenHangUp(call: UpCall, status: number): Promise<string[]> {
    const { callId } = call;
    const target = await this.on.openPeer();
    try {
      target.shownUri = `sip:agent@127.0.0.1:${await this.on.wayTo(target)}`;
      target.whenever(isReinvite, (invite) => answerReinvite(target, invite));
      await this.#ask(call, transferTo(target.shownUri, { transferNotificationsHangupMS: 100 }));
      const invite = await target.expect('INVITE', this.#limit);
      if (status === 200) target.accept(invite, { body: sdp(1, 41000) });
      else target.respond(invite, status);
      await this.on.webhook.expect(callId, 'transferStatus', this.on.limitMs);
      await this.#hangUp(call);
      if (status === 200) target.respond(await target.expect('BYE', this.#limit), 200);
      await this.on.engine.recordOf(callId, this.on.limitMs);
      const firstInvites = target.count((message) => message.method === 'INVITE' && !isReinvite(message));
      return notOnce({ 'INVITE at the target': firstInvites, ...this.#told(callId) });
    } finally {
      await target.close();
    }
  }

  /** The caller gives up while the bot rings. */
  async #cancelled(caller: SipPeer, n: number): Promise<CallResult> {
    const user = cancelling(n);
    const from = `${user}127.0.0.1:${caller.port}`;
    const dialog = caller.dial({ port: this.on.sipPort }, { to: `sip:${BY_REFER}@127.0.0.1`, from, body: sdp() });
    await caller.expect((message) => (message.status ?? 200) < 200, this.#limit);
    const callId = await this.#bot.rings(user, this.on.limitMs);
    dialog.cancel();
    await caller.expect(487, this.#limit);
    await this.on.engine.recordOf(callId, this.on.limitMs);
    return { callId, expected: 'caller-cancelled', notOnce: this.#notOnceAtBot(callId) };
  }

  #notOnceAtBot(callId: string): string[] {
    return notOnce({ 'INVITE at the bot': this.#bot.invitesOf(callId) });
  }

  #told(callId: string): Record<string, number> {
    return { transferStatus: this.on.webhook.count(callId, 'transferStatus') };
  }

  get #limit(): { withinMs: number } {
    return { withinMs: this.on.limitMs };
  }
}

function notOnce(counts: Record<string, number>): string[] {
  return Object.entries(counts)
    .filter(([, count]) => count !== 1)
    .map(([what, count]) => `${count} ${what}`);
}

function callIdIn(response: ReceivedMessage): string {
  return /^([a-z2-7]{16})-/.exec(tagIn(header(response, 'To')) ?? '')?.[1] ?? '';
}
