import { condition, log, uuid4 } from '@temporalio/workflow';
import type { BotEvent } from '../../contracts/bot-events';
import type { ChannelOfCall } from '../../contracts/call';
import type { CallId } from '../../contracts/ids';
import { postEvents } from './effects';
import { isActivityFailure } from './failure';

/** A bot event without the envelope that the outbox adds. */
export type EventContent = BotEvent extends infer Event
  ? Event extends BotEvent
    ? Omit<Event, 'id' | 'timestamp' | 'type'>
    : never
  : never;

/**
 * Events on their way to the bot's webhook, in order. What gathers while a POST is under way goes in the next one. A bot that stays
 * unreachable misses the events; the call does not wait for it.
 */
export class Outbox {
  readonly #queue: BotEvent[] = [];
  #isPosting = false;
  #isOpen = false;

  constructor(
    private readonly callId: CallId,
    private readonly channel: Pick<ChannelOfCall, 'webhook' | 'dialect' | 'language' | 'sendEventsToBot'>
  ) {}

  /** Takes events from `start` to `conversationEnd`; others find no conversation and are dropped. */
  post(content: EventContent): void {
    if (content.name === 'start') this.#isOpen = true;
    const { webhook } = this.channel;
    if (webhook === undefined || !this.#isOpen) return;
    if (content.name === 'conversationEnd') this.#isOpen = false;
    this.#queue.push({ id: uuid4(), timestamp: new Date().toISOString(), type: 'event', ...content });
    if (!this.#isPosting) void this.#drain(webhook);
  }

  /** Resolves when every event was delivered or given up. */
  async flush(): Promise<void> {
    await condition(() => !this.#isPosting);
  }

  async #drain(webhook: string): Promise<void> {
    this.#isPosting = true;
    try {
      while (this.#queue.length > 0) await this.#deliver(webhook, this.#queue.splice(0));
    } finally {
      this.#isPosting = false;
    }
  }

  async #deliver(webhook: string, activities: BotEvent[]): Promise<void> {
    const names = activities.map(({ name }) => name).join(', ');
    try {
      const { dialect, language, sendEventsToBot } = this.channel;
      const words = dialect === undefined ? {} : { dialect, language, sendEventsToBot };
      const input = { webhook, body: { conversation: this.callId, activities }, ...words };
      await postEvents.executeWithOptions({ summary: `${names} → bot` }, [input]);
    } catch (err) {
      if (!isActivityFailure(err)) throw err;
      log.warn('bot did not take events', { callId: this.callId, names, cause: err.cause?.message });
    }
  }
}
