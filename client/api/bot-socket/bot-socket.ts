import type { WebSocket } from 'ws';
import type { Log } from '../../../activities/log';
import type { ApiCalls } from '../channel-calls';
import { plainProblem, problemOf } from '../problem';
import type { RateLimit } from '../token-buckets';
import { TokenBuckets } from '../token-buckets';
import type { BotFrame, SentActivities, ServerFrame, Subscription } from './frames';
import { eventFrames, readFrame } from './frames';

/** A peer that answers no ping is gone. */
const PING_EVERY_MS = 15_000;

/** Frames beyond the rate that are answered so before the socket is closed. */
const REFUSED_FRAMES = 50;

/** Close codes (RFC 6455 section 7.4.1). */
export const CLOSE = { done: 1000, goingAway: 1001, unsupported: 1003, policy: 1008, error: 1011 } as const;

export interface BotSocketOptions {
  calls: Omit<ApiCalls, 'channelOf'>;
  rateLimit: RateLimit;
  log: Pick<Log, 'error'>;
}

type Watch = Awaited<ReturnType<ApiCalls['watchBotEvents']>>;

/** One WebSocket of a bot: tells it events, and carries out what it sends, in order. */
export class BotSocket {
  readonly #watches = new Map<string, Watch>();
  /** The last event told of each conversation that goes on. */
  readonly #told = new Map<string, number>();
  readonly #buckets: TokenBuckets;
  #refused = 0;
  #isAlive = true;
  #last: Promise<void> = Promise.resolve();
  readonly #pings: NodeJS.Timeout;
  #onSubscribe: (subscription: Subscription) => void = () => undefined;

  /** @param ownCall the one that it is about; absent: those of a channel */
  constructor(
    private readonly socket: WebSocket,
    private readonly options: BotSocketOptions,
    private readonly ownCall?: string
  ) {
    this.#buckets = new TokenBuckets(options.rateLimit);
    socket.on('message', (data: Buffer, isBinary) => this.#take(data, isBinary));
    socket.on('pong', () => (this.#isAlive = true));
    socket.on('close', () => this.#leave());
    socket.on('error', () => socket.terminate());
    this.#pings = setInterval(() => this.#ping(), PING_EVERY_MS);
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  onSubscribe(handle: (subscription: Subscription) => void): void {
    this.#onSubscribe = handle;
  }

  isWatching(callId: string): boolean {
    return this.#watches.has(callId);
  }

  /**
   * Tells the events of a call after that one, to the end of the conversation; none twice when it is followed again.
   * @throws what watching the call fails with
   */
  async follow(callId: string, after: number): Promise<void> {
    const watch = await this.options.calls.watchBotEvents(callId, { after: this.#told.get(callId) ?? after });
    if (!this.isOpen) {
      await watch.return();
      return;
    }
    this.#watches.set(callId, watch);
    try {
      await this.#tell(callId, watch);
    } finally {
      this.#watches.delete(callId);
    }
  }

  async #tell(callId: string, watch: Watch): Promise<void> {
    for await (const news of watch) {
      const frames =
        news.kind === 'end'
          ? [{ type: 'end', conversation: callId } as const]
          : eventFrames(callId, news.entry, watch.seen ?? {});
      for (const frame of frames) await this.send(frame);
      if (news.kind === 'end') this.#told.delete(callId);
      else this.#told.set(callId, news.entry.n);
    }
  }

  /** Resolves when it has left: who does not read is not written to. */
  send(frame: ServerFrame): Promise<void> {
    return new Promise((resolve) => {
      if (this.isOpen) this.socket.send(JSON.stringify(frame), () => resolve());
      else resolve();
    });
  }

  /** Tells a problem, and closes when it is no fault of the bot's. */
  async fail(err: unknown, about: { ref?: string; conversation?: string } = {}): Promise<void> {
    const problem = problemOf(err);
    if (!problem) this.options.log.error({ err, ...about }, 'a frame of a bot failed');
    await this.send({ type: 'problem', ...about, problem: problem ?? plainProblem(500) });
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  #take(data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      this.close(CLOSE.unsupported, 'frames are text');
      return;
    }
    if (this.#buckets.take('frames') > 0) {
      this.#refuse();
      return;
    }
    const read = readFrame(data.toString('utf8'));
    // The next frame is read when this one is done: a bot that sends faster than it is served waits.
    this.socket.pause();
    this.#last = this.#last
      .then(() => ('problem' in read ? this.send({ type: 'problem', ...read }) : this.#handle(read.frame)))
      .then(() => this.socket.resume());
  }

  #refuse(): void {
    void this.send({ type: 'problem', problem: plainProblem(429) });
    if (++this.#refused > REFUSED_FRAMES) this.close(CLOSE.policy, 'too many frames');
  }

  async #handle(frame: BotFrame): Promise<void> {
    if (frame.type === 'subscribe') this.#onSubscribe(frame);
    else await this.#carryOut(frame);
  }

  async #carryOut({ ref, conversation = this.ownCall ?? '', payload }: SentActivities): Promise<void> {
    const about = { ...(ref === undefined ? {} : { ref }), conversation };
    try {
      const activities = await this.options.calls.sendActivities(conversation, payload);
      await this.send({ type: 'receipts', ...about, activities });
    } catch (err) {
      await this.fail(err, about);
    }
  }

  #ping(): void {
    if (!this.#isAlive) {
      this.socket.terminate();
      return;
    }
    this.#isAlive = false;
    this.socket.ping();
  }

  #leave(): void {
    clearInterval(this.#pings);
    for (const watch of this.#watches.values()) void watch.return();
  }
}
