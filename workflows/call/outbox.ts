import { condition, uuid4 } from '@temporalio/workflow';
import type { BotEvent } from '../../contracts/bot-events';
import type { Said } from '../../contracts/edge-reading';
import type { CallId } from '../../contracts/ids';
import type { BotTimelineEntry } from '../../contracts/messages';
import type { Pausable } from './pausable';

/** Events kept for bots that ask for them: a bot that was away reads on where it stopped. */
const EVENTS_KEPT = 100;

/** A bot event without the envelope that the outbox adds. */
export type EventContent = BotEvent extends infer Event
  ? Event extends BotEvent
    ? Omit<Event, 'id' | 'timestamp' | 'type'>
    : never
  : never;

/** The way to a bot. */
export interface BotLine {
  /** Resolves with what the bot answered, to be carried out in order, when it has the events or they were given up. */
  deliver(events: BotEvent[]): Promise<readonly Said[]>;
}

/** What an outbox leaves to the next run. */
export interface OutboxContents {
  /** The conversation has begun and not ended. */
  isOpen: boolean;
  waiting: BotEvent[];
  /** The last ones, for bots that ask for them. */
  kept?: BotTimelineEntry[];
}

/**
 * Events on their way to the bot, in order. What gathers while a delivery is under way goes in the next one. A bot that stays unreachable
 * misses the events; the call does not wait for it.
 */
export class Outbox implements Pausable {
  readonly #queue: BotEvent[];
  readonly #kept: BotTimelineEntry[];
  #isPosting = false;
  #isPaused: boolean;
  #isOpen: boolean;
  #carryOut: (said: Said) => Promise<void> = () => Promise.resolve();

  /**
   * @param line absent: the bot is told nothing, and asks for its events or does not
   * @param kept what an earlier run left; begins with `resume`
   */
  constructor(
    private readonly callId: CallId,
    private readonly line: BotLine | undefined,
    kept: OutboxContents = { isOpen: false, waiting: [] }
  ) {
    this.#queue = [...kept.waiting];
    this.#kept = [...(kept.kept ?? [])];
    this.#isOpen = kept.isOpen;
    this.#isPaused = kept.waiting.length > 0;
  }

  get contents(): OutboxContents {
    return { isOpen: this.#isOpen, waiting: [...this.#queue], kept: this.kept };
  }

  get isIdle(): boolean {
    return !this.#isPosting;
  }

  /** The last events of the conversation, delivered or not. */
  get kept(): BotTimelineEntry[] {
    return [...this.#kept];
  }

  /** The conversation has begun and ended. */
  get isOver(): boolean {
    return !this.#isOpen && this.#kept.length > 0;
  }

  /** Says who carries out what the bot answers. */
  onAnswer(carryOut: (said: Said) => Promise<void>): void {
    this.#carryOut = carryOut;
  }

  /** The bot has a conversation from now on, before its `start`. */
  open(): void {
    this.#isOpen = true;
  }

  /** Takes events from `start`, or `open`, to `conversationEnd`; others find no conversation and are dropped. */
  post(content: EventContent): void {
    if (content.name === 'start') this.open();
    if (!this.#isOpen) return;
    if (content.name === 'conversationEnd') this.#isOpen = false;
    const n = (this.#kept.at(-1)?.n ?? 0) + 1;
    // A call without a line draws no random number: those that it drew before this line was written are drawn again on replay.
    const id = this.line ? uuid4() : `${this.callId}-${n}`;
    const event = { id, timestamp: new Date().toISOString(), type: 'event' as const, ...content };
    this.#kept.push({ n, event });
    if (this.#kept.length > EVENTS_KEPT) this.#kept.shift();
    if (this.line) this.#queue.push(event);
    this.#begin();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#begin();
  }

  /** Resolves when every event was delivered or given up. */
  async flush(): Promise<void> {
    await condition(() => !this.#isPosting);
  }

  #begin(): void {
    if (this.line && !this.#isPosting && !this.#isPaused && this.#queue.length > 0) void this.#drain(this.line);
  }

  async #drain(line: BotLine): Promise<void> {
    this.#isPosting = true;
    try {
      while (this.#queue.length > 0 && !this.#isPaused)
        for (const answer of await line.deliver(this.#queue.splice(0))) await this.#carryOut(answer);
    } finally {
      this.#isPosting = false;
    }
  }
}
