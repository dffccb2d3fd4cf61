import type { LogEntry, ReceivedMessage } from '../../support/sip-peer';
import { header, SipPeer } from '../../support/sip-peer';
import type { PeerDialog } from '../../support/sip-peer-dialog';
import type { MessageParts } from '../../support/sip-peer-message';
import { StrictPhone } from '../../support/strict-phone';
import type { Cell } from '../cells';
import { Endpoint } from '../peers/endpoint';
import { firstInvites, reInvites } from '../sip-log';
import type { StepName } from '../steps';
import { STEPS } from '../steps';
import { NUMBERS } from '../world';
import type { World } from '../world';

const LOOK_EVERY_MS = 10;

/** Something that a peer saw of the engine. */
export interface Reaction {
  what: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/** A side of the call that is neither the bot nor us. */
export interface Side {
  end: Endpoint;
  phone: StrictPhone;
}

/** One call of the matrix, as its peers play it. It stops at the step of its cell until it is released. */
export class CrashCall {
  static async open(world: World, cell: Cell, caller: string): Promise<CrashCall> {
    return new CrashCall(world, cell, caller, await sideAt(21000), await sideAt(41000));
  }

  callId = '';
  readonly reactions: Reaction[] = [];
  /** The bot that took the call. */
  botPhone: StrictPhone | undefined;
  readonly callerDialog: PeerDialog;
  readonly reached: Promise<void>;
  readonly released: Promise<void>;
  release!: () => void;
  #onReached!: () => void;
  #sipCallIdOfBot = '';

  private constructor(
    readonly world: World,
    readonly cell: Cell,
    /** User part of the caller's address, of this call alone. */
    readonly callerNumber: string,
    readonly caller: Side,
    readonly target: Side
  ) {
    this.reached = new Promise((resolve) => (this.#onReached = resolve));
    this.released = new Promise((resolve) => (this.release = resolve));
    this.callerDialog = this.#dial();
  }

  /** Told when the bot has its INVITE. */
  know(invite: LogEntry): void {
    this.callId = header(invite.message, 'X-Call-ID') ?? '';
    this.#sipCallIdOfBot = header(invite.message, 'Call-ID') ?? '';
    this.botPhone = new StrictPhone(this.world.bot.phone.peer, 31000);
  }

  /** False when its bot has died. */
  get hasItsBot(): boolean {
    const { phone } = this.world.bot;
    return this.botPhone?.peer === phone.peer && !phone.isClosed;
  }

  /** Tells the worker to stop at this step when it is the cell's and in the worker. */
  async arm(step: StepName): Promise<void> {
    const pause = this.#pauseAt(step);
    if (pause === undefined || pause === 'peer') return;
    await this.world.pauses.arm(pause.worker, this.callId === '' ? this.callerNumber : this.callId, this.#onReached);
  }

  /** The cell's step: all is still until somebody has been killed. */
  async at(step: StepName): Promise<void> {
    const pause = this.#pauseAt(step);
    if (pause === undefined) return;
    if (pause === 'peer') this.#onReached();
    await this.released;
  }

  isAt(...steps: StepName[]): boolean {
    return steps.includes(this.cell.step);
  }

  /** What a peer waits for: the first such thing, from the past or the future. */
  async sees<Seen extends { at: number }>(what: string, look: () => Seen | undefined): Promise<Seen> {
    for (const deadline = Date.now() + this.world.patienceMs; ;) {
      const seen = look();
      if (seen) {
        this.reactions.push({ what, at: seen.at });
        return seen;
      }
      if (Date.now() > deadline) throw new Error(`never: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** A request that the caller sends, to its final answer. */
  async callerAsks(what: string, method: string, parts: MessageParts = {}): Promise<LogEntry> {
    const { end } = this.caller;
    const request = end.ask(this.callerDialog, method, parts);
    return this.sees(`answer to ${what}`, () => end.answerTo(request));
  }

  atBot(method: string): LogEntry | undefined {
    return this.world.bot.request(method, this.#sipCallIdOfBot);
  }

  /** INVITEs that the bot got because of this call: those outside of a dialog, or those within it. */
  invitesAtBot(which: 'first' | 're'): LogEntry[] {
    const ofCall = this.world.bot.log.filter(({ message }) => header(message, 'Call-ID') === this.#sipCallIdOfBot);
    return which === 're' ? reInvites(ofCall) : firstInvites(this.world.bot.invitesOf(this.callerNumber));
  }

  faults(): string[] {
    return [this.caller.phone, this.target.phone, this.botPhone].flatMap((phone) => phone?.faults ?? []);
  }

  async close(): Promise<void> {
    await Promise.all([this.caller.end.close(), this.target.end.close()]);
  }

  #dial(): PeerDialog {
    const { sipPort: port } = this.world.engine;
    const { end, phone } = this.caller;
    const to = `sip:${NUMBERS[this.cell.method]}@127.0.0.1:${port}`;
    return end.peer.dial({ port }, { to, from: end.peer.uri(this.callerNumber), body: phone.sdp });
  }

  #pauseAt(step: StepName): 'peer' | { worker: string } | undefined {
    const { step: wanted, method } = this.cell;
    const found = STEPS.find(({ name }) => name === step && name === wanted);
    return found && (found.pause as Partial<Record<string, 'peer' | { worker: string }>>)[method];
  }
}

/** The first request of a method that came. */
export function came({ peer }: Endpoint, method: string): LogEntry | undefined {
  return peer.log.find(({ direction, message }) => direction === 'in' && message.method === method);
}

/** A request as its peer answers it. */
export function received({ message, remote }: LogEntry): ReceivedMessage {
  return { ...message, from: remote };
}

async function sideAt(port: number): Promise<Side> {
  const end = new Endpoint(await SipPeer.open());
  return { end, phone: new StrictPhone(end.peer, port) };
}
