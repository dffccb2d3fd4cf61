import type { LogEntry, ReceivedMessage } from '../../support/sip-peer';
import { header, SipPeer } from '../../support/sip-peer';
import type { PeerDialog } from '../../support/sip-peer-dialog';
import type { MessageParts } from '../../support/sip-peer-message';
import { StrictPhone } from '../../support/strict-phone';
import type { Held } from '../bot/messages';
import type { Cell } from '../cells';
import { Endpoint } from '../peers/endpoint';
import { branchOf, reInvites, requests } from '../sip-log';
import type { StepName } from '../steps';
import { pauseAt } from '../steps';
import type { Method } from '../transfers';
import { transferNamed } from '../transfers';
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
    const sides = { caller: await sideAt(21000), target: await sideAt(41000), firstTarget: await sideAt(51000) };
    return new CrashCall(world, cell, caller, sides);
  }

  callId = '';
  readonly reactions: Reaction[] = [];
  readonly method: Method;
  /** How its first attempt fails. */
  readonly fails: ReturnType<typeof transferNamed>['fails'];
  readonly caller: Side;
  /** The target of the transfer that succeeds. */
  readonly target: Side;
  /** That of the one that fails. */
  readonly firstTarget: Side;
  callerDialog!: PeerDialog;
  readonly reached: Promise<void>;
  readonly released: Promise<void>;
  readonly release: () => void;
  #isReleased = false;
  #isBrokenOff = false;
  #onReached!: () => void;
  #sipCallIdOfBot = '';
  #deathsOfBots = 0;

  private constructor(
    readonly world: World,
    readonly cell: Cell,
    /** User part of the caller's address, of this call alone. */
    readonly callerNumber: string,
    sides: Pick<CrashCall, 'caller' | 'target' | 'firstTarget'>
  ) {
    ({ caller: this.caller, target: this.target, firstTarget: this.firstTarget } = sides);
    ({ method: this.method, fails: this.fails } = transferNamed(cell.transfer));
    this.reached = new Promise((resolve) => (this.#onReached = resolve));
    let onReleased!: () => void;
    this.released = new Promise((resolve) => (onReleased = resolve));
    this.release = () => {
      this.#isReleased = true;
      world.bot.tell({ order: 'release', caller: callerNumber });
      onReleased();
    };
  }

  /** The caller sends its INVITE. */
  dial(): void {
    const { sipPort: port } = this.world.engine;
    const { end, phone } = this.caller;
    const to = `sip:${NUMBERS[this.method]}@127.0.0.1:${port}`;
    this.callerDialog = end.peer.dial({ port }, { to, from: end.peer.uri(this.callerNumber), body: phone.sdp });
    end.insist(this.callerDialog);
  }

  /** The peers wait for nothing more. */
  breakOff(): void {
    this.#isBrokenOff = true;
  }

  /** Told when the bot rings. */
  know(invite: LogEntry): void {
    this.callId = header(invite.message, 'X-Call-ID') ?? '';
    this.#sipCallIdOfBot = header(invite.message, 'Call-ID') ?? '';
    this.#deathsOfBots = this.world.bot.deaths;
  }

  /** False when its bot has died. */
  get hasItsBot(): boolean {
    return this.world.bot.deaths === this.#deathsOfBots;
  }

  /** False when its bot has died and nobody has taken its place. */
  get hasSomeBot(): boolean {
    return this.hasItsBot || this.cell.victim !== 'bot left dead';
  }

  /** Tells the worker to stop at this step when it is the cell's and in the worker. */
  async arm(step: StepName): Promise<void> {
    const pause = this.#pauseAt(step);
    if (pause === undefined || pause === 'peer') return;
    await this.world.pauses.arm(pause.worker, this.callId === '' ? this.callerNumber : this.callId, this.#onReached);
  }

  /** Tells the bot to leave something unanswered when this step is the cell's. */
  async holdAtBot(step: StepName, what: Held): Promise<void> {
    if (this.#pauseAt(step)) await this.world.bot.hold(this.callerNumber, what);
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
      if (this.#isBrokenOff) throw new Error(`broken off before: ${what}`);
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

  /** What was on the wire in the bot's dialog of this call. */
  get logOfBot(): LogEntry[] {
    return this.world.bot.log.filter(({ message }) => header(message, 'Call-ID') === this.#sipCallIdOfBot);
  }

  /** The first request of a method that the bot got in its dialog. */
  atBot(method: string): LogEntry | undefined {
    return requests(this.logOfBot, method)[0];
  }

  /** The re-INVITE that the bot got as its nth, from 1. */
  reInviteAtBot(nth: number): LogEntry | undefined {
    return nthDifferent(reInvites(this.logOfBot), nth);
  }

  async close(): Promise<void> {
    await Promise.all([this.caller, this.target, this.firstTarget].map(({ end }) => end.close()));
  }

  /** Once it was there it stops no more: what comes again is of a later attempt. */
  #pauseAt(step: StepName): ReturnType<typeof pauseAt> {
    return step === this.cell.step && !this.#isReleased ? pauseAt(step, this.cell.transfer) : undefined;
  }
}

/** The nth request of a method that came, from 1; retransmissions do not count. */
export function came({ peer }: Endpoint, method: string, nth = 1): LogEntry | undefined {
  return nthDifferent(requests(peer.log, method), nth);
}

/** A request as its peer answers it. */
export function received({ message, remote }: LogEntry): ReceivedMessage {
  return { ...message, from: remote };
}

function nthDifferent(entries: readonly LogEntry[], nth: number): LogEntry | undefined {
  const first = new Map<string | undefined, LogEntry>();
  for (const entry of entries) {
    const branch = branchOf(entry.message);
    if (!first.has(branch)) first.set(branch, entry);
  }
  return [...first.values()][nth - 1];
}

async function sideAt(port: number): Promise<Side> {
  const end = new Endpoint(await SipPeer.open());
  end.peer.whenever('INFO', (info) => end.answer(info, 200));
  return { end, phone: new StrictPhone(end.peer, port) };
}
