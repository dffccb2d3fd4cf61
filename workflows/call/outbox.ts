import { condition, uuid4 } from '@temporalio/workflow';
import type { BotEvent } from '../../contracts/bot-events';

/** A bot event without the envelope that the outbox adds. */
export type EventContent = BotEvent extends infer Event
  ? Event extends BotEvent
    ? Omit<Event, 'id' | 'timestamp' | 'type'>
    : never
  : never;

/** The way to a bot. */
export interface BotLine {
  /** Resolves when the bot has the events, or when they were given up. */
  deliver(events: BotEvent[]): Promise<void>;
}

/**
 * Events on their way to the bot, in order. What gathers while a delivery is under way goes in the next one. A bot that stays unreachable
 * misses the events; the call does not wait for it.
 */
export class Outbox {
  readonly #queue: BotEvent[] = [];
  #isPosting = false;
  #isOpen = false;

  /** @param line absent: the bot wants no events */
  constructor(private readonly line: BotLine | undefined) {}

  /** Takes events from `start` to `conversationEnd`; others find no conversation and are dropped. */
  post(content: EventContent): void {
    if (content.name === 'start') this.#isOpen = true;
    if (!this.line || !this.#isOpen) return;
    if (content.name === 'conversationEnd') this.#isOpen = false;
    this.#queue.push({ id: uuid4(), timestamp: new Date().toISOString(), type: 'event', ...content });
    if (!this.#isPosting) void this.#drain(this.line);
  }

  /** Resolves when every event was delivered or given up. */
  async flush(): Promise<void> {
    await condition(() => !this.#isPosting);
  }

  async #drain(line: BotLine): Promise<void> {
    this.#isPosting = true;
    try {
      while (this.#queue.length > 0) await line.deliver(this.#queue.splice(0));
    } finally {
      this.#isPosting = false;
    }
  }
}
