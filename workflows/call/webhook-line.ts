import { log } from '@temporalio/workflow';
import type { BotEvent } from '../../contracts/bot-events';
import type { ChannelOfCall } from '../../contracts/call';
import type { BotAnswers, Said } from '../../contracts/edge-reading';
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

  async deliver(activities: BotEvent[]): Promise<readonly Said[]> {
    const names = activities.map(({ name }) => name).join(', ');
    try {
      const { dialect, sendEventsToBot } = this.channel;
      const words = dialect === undefined ? {} : { dialect, language: this.language(), sendEventsToBot };
      const body = { conversation: this.callId, activities };
      const input = { webhook: this.webhook, body, ...words, takesReadings: true as const };
      const answers = await postEvents.executeWithOptions({ summary: `${names} → bot` }, [input]);
      return saidIn(answers);
    } catch (err) {
      if (!isActivityFailure(err)) throw err;
      log.warn('bot did not take events', { callId: this.callId, names, cause: err.cause?.message });
      return [];
    }
  }
}

/** @param answers of a worker of an older version: payloads, and nothing where there are none */
function saidIn(answers: BotAnswers | unknown[] | undefined = []): readonly Said[] {
  return Array.isArray(answers) ? answers.map((payload) => ({ payload })) : answers.said;
}
