import { log } from '@temporalio/workflow';
import type { BotEvent } from '../../contracts/bot-events';
import type { ChannelOfCall } from '../../contracts/call';
import type { CallId } from '../../contracts/ids';
import { postEvents } from './effects';
import { isActivityFailure } from './failure';
import type { BotLine } from './outbox';

/** To a bot by its webhook, in its own words. */
export class WebhookLine implements BotLine {
  constructor(
    private readonly callId: CallId,
    private readonly webhook: string,
    private readonly channel: Pick<ChannelOfCall, 'dialect' | 'sendEventsToBot'>,
    private readonly language: () => string | undefined
  ) {}

  async deliver(activities: BotEvent[]): Promise<readonly unknown[]> {
    const names = activities.map(({ name }) => name).join(', ');
    try {
      const { dialect, sendEventsToBot } = this.channel;
      const words = dialect === undefined ? {} : { dialect, language: this.language(), sendEventsToBot };
      const input = { webhook: this.webhook, body: { conversation: this.callId, activities }, ...words };
      return (await postEvents.executeWithOptions({ summary: `${names} → bot` }, [input])) ?? [];
    } catch (err) {
      if (!isActivityFailure(err)) throw err;
      log.warn('bot did not take events', { callId: this.callId, names, cause: err.cause?.message });
      return [];
    }
  }
}
