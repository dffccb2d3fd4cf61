import type { CallView } from '../../contracts/call';
import type { ActivityReceipt, BotTimeline } from '../../contracts/messages';
import type { CallListFilter, CallListPage } from '../call-list';
import type { CallWatch, WatchOptions } from '../call-watch';
import type { CallsClient } from '../calls';
import { CallNotFound } from '../errors';

/** What the API needs of a `CallsClient`. */
export type ApiCalls = Pick<CallsClient, 'list' | 'get' | 'sendActivities' | 'watch' | 'watchBotEvents' | 'channelOf'>;

/** The calls of one bot channel. Those of others are not found: nothing says that they exist. */
export class ChannelCalls implements Omit<ApiCalls, 'channelOf'> {
  constructor(
    private readonly calls: ApiCalls,
    private readonly botId: string
  ) {}

  list(filter: CallListFilter = {}): Promise<CallListPage> {
    return this.calls.list({ ...filter, botId: this.botId });
  }

  async get(callId: string): Promise<CallView> {
    const view = await this.calls.get(callId);
    if (view.botId !== this.botId) throw new CallNotFound(callId);
    return view;
  }

  async sendActivities(callId: string, payload: unknown): Promise<ActivityReceipt[]> {
    await this.#requireOwn(callId);
    return this.calls.sendActivities(callId, payload);
  }

  async watch(callId: string, options: WatchOptions = {}): Promise<CallWatch> {
    await this.#requireOwn(callId);
    return this.calls.watch(callId, options);
  }

  async watchBotEvents(callId: string, options: WatchOptions = {}): Promise<CallWatch<BotTimeline>> {
    await this.#requireOwn(callId);
    return this.calls.watchBotEvents(callId, options);
  }

  async #requireOwn(callId: string): Promise<void> {
    if ((await this.calls.channelOf(callId)) !== this.botId) throw new CallNotFound(callId);
  }
}
