import { randomUUID } from 'node:crypto';
import type { Client, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils';
import type { z } from 'zod';
import type { EdgeReader } from '../activities/bot/edge-reader';
import type { CallView } from '../contracts/call';
import { callWorkflowId, isCallId } from '../contracts/ids';
import type { ActivityReceipt, BotTimeline } from '../contracts/messages';
import { botTimelineQuery, callStateQuery, endCallUpdate } from '../contracts/messages';
import type { transferParamsSchema } from '../contracts/schemas';
import { callSearchAttributes } from '../contracts/search-attributes';
import type { CallListFilter, CallListItem, CallListPage } from './call-list';
import { listCalls } from './call-list';
import type { CallSource } from './call-poller';
import type { CallWatch, WatchLimits, WatchOptions } from './call-watch';
import { CallWatches, DEFAULT_WATCH_LIMITS } from './call-watch';
import { CallNotFound, CallNotReady, TransferInProgress } from './errors';
import { historiesOfRuns } from './histories/runs';
import { inTime } from './in-time';
import { refuseWhatNoCallTakes } from './preflight';
import { repeatableUpdateId } from './repeatable-update';
import { untilTaken } from './retry-update';
import { sendSaid } from './send-said';
import { callError, temporalError } from './temporal-failures';

/** `activityParams` of a transfer. */
export type TransferParams = z.input<typeof transferParamsSchema>;

export interface CallsClientOptions {
  /** Time limit of each request, in ms. Default 5000. */
  deadlineMs?: number;
  /** Of `watch`. */
  watchLimits?: Partial<WatchLimits>;
  /** Reads activities before they are sent. Default: the call reads them. */
  reader?: Pick<EdgeReader, 'read'>;
}

/** Watches and steers calls. Every request ends within its deadline; `TemporalUnavailable` when Temporal does not answer. */
export class CallsClient {
  readonly #client: Client;
  readonly #deadlineMs: number;
  readonly #reader: CallsClientOptions['reader'];
  readonly #watches: CallWatches;
  readonly #botWatches: CallWatches<BotTimeline>;

  constructor(client: Client, { deadlineMs = 5000, watchLimits = {}, reader }: CallsClientOptions = {}) {
    this.#client = client;
    this.#deadlineMs = deadlineMs;
    this.#reader = reader;
    const sourceOf = (callId: string): CallSource => ({
      look: () => this.get(callId),
      isClosed: () => this.#isClosed(callId),
    });
    const limits = { ...DEFAULT_WATCH_LIMITS, ...watchLimits };
    this.#watches = new CallWatches(sourceOf, limits);
    const botSourceOf = (callId: string): CallSource<BotTimeline> => ({
      look: () => this.#botTimeline(callId),
      isClosed: () => this.#isClosed(callId),
    });
    this.#botWatches = new CallWatches(botSourceOf, limits);
  }

  /**
   * Lists calls: those that are up, latest first, then those that ended, the last one first. What it shows may lag behind the call by about a second.
   * @throws InvalidPageToken, TemporalUnavailable
   */
  async list(filter: CallListFilter = {}): Promise<CallListPage> {
    const { workflowService, options } = this.#client;
    try {
      return await this.#inTime(() => listCalls(workflowService, options.namespace, filter));
    } catch (err) {
      throw temporalError(err);
    }
  }

  /**
   * Every call of a list, page by page.
   * @throws TemporalUnavailable
   */
  async *all(filter: Omit<CallListFilter, 'nextPageToken'> = {}): AsyncGenerator<CallListItem, void, undefined> {
    let token: string | undefined;
    do {
      const page = await this.list({ ...filter, ...(token === undefined ? {} : { nextPageToken: token }) });
      yield* page.calls;
      token = page.nextPageToken;
    } while (token !== undefined);
  }

  /**
   * The call with its transfers and timeline, also after its end.
   * @throws CallNotFound, TemporalUnavailable
   */
  async get(callId: string): Promise<CallView> {
    const handle = this.#handle(callId);
    try {
      return await this.#inTime(() => handle.query(callStateQuery));
    } catch (err) {
      throw callError(err, callId);
    }
  }

  /**
   * Everything that has happened to the call's workflow so far, as it can be replayed: one history for each of its runs, in order.
   * @throws CallNotFound, TemporalUnavailable
   */
  async histories(callId: string): Promise<History[]> {
    const handle = this.#handle(callId);
    try {
      return await historiesOfRuns((runId) =>
        this.#inTime(() => this.#client.workflow.getHandle(handle.workflowId, runId).fetchHistory())
      );
    } catch (err) {
      throw callError(err, callId);
    }
  }

  /**
   * The `botId` of the channel that a call belongs to, also after its end; undefined when it is not known.
   * @throws CallNotFound, TemporalUnavailable
   */
  async channelOf(callId: string): Promise<string | undefined> {
    const { typedSearchAttributes } = await this.#describe(callId);
    return typedSearchAttributes.get(callSearchAttributes.channel);
  }

  /**
   * Watches a call: its timeline entry by entry, then its end. All watches of one call in a process share the same queries, one every
   * 200 ms while the call changes, one a second while it does not.
   * @throws CallNotFound, TemporalUnavailable, TooManyWatches; later on, from the iteration, TemporalUnavailable after 30 s without an answer
   */
  async watch(callId: string, { after = 0 }: WatchOptions = {}): Promise<CallWatch> {
    if (!isCallId(callId)) throw new CallNotFound(callId);
    return this.#watches.open(callId, after);
  }

  /**
   * Watches what the bot of a call hears, event by event, to the end of its conversation. As `watch`, with the last 100 events.
   * @throws as `watch`
   */
  async watchBotEvents(callId: string, { after = 0 }: WatchOptions = {}): Promise<CallWatch<BotTimeline>> {
    if (!isCallId(callId)) throw new CallNotFound(callId);
    return this.#botWatches.open(callId, after);
  }

  /**
   * Carries out a bot's activities in order. A repeat with the same activity ids and content is the same request.
   * @param payload one Bot API activity, a list, or `{activities: [...]}`
   * @returns what became of each
   * @throws InvalidActivity, CallNotReady, TransferInProgress, CallNotFound, TemporalUnavailable
   */
  async sendActivities(callId: string, payload: unknown): Promise<ActivityReceipt[]> {
    const handle = this.#handle(callId);
    refuseWhatNoCallTakes(payload);
    const fixedId = repeatableUpdateId(payload);
    if (fixedId === undefined) return this.#update(handle, payload, randomUUID());
    try {
      return await this.#update(handle, payload, fixedId);
    } catch (err) {
      // Temporal keeps the answer to an update id; a refusal that was right then may be wrong now, so it is asked for again.
      if (err instanceof CallNotReady || err instanceof TransferInProgress)
        return this.#update(handle, payload, randomUUID());
      throw err;
    }
  }

  /**
   * Transfers the call.
   * @param id id of the activity; a repeated id is the same request
   * @throws as `sendActivities`
   */
  async transfer(callId: string, params: TransferParams, id: string = randomUUID()): Promise<ActivityReceipt> {
    return this.#sendOne(callId, { type: 'event', name: 'transfer', id, activityParams: params });
  }

  /**
   * Ends the call as its bot would.
   * @param reason free text for the record
   * @throws as `sendActivities`
   */
  async hangup(callId: string, reason?: string, id: string = randomUUID()): Promise<ActivityReceipt> {
    const activityParams = reason === undefined ? {} : { hangupReason: reason };
    return this.#sendOne(callId, { type: 'event', name: 'hangup', id, activityParams });
  }

  /**
   * Ends the call on an operator's word, in any phase.
   * @param reason free text for the record
   * @throws CallNotReady when it has just ended, CallNotFound, TemporalUnavailable
   */
  async end(callId: string, reason?: string): Promise<void> {
    const handle = this.#handle(callId);
    try {
      const args: [{ reason?: string }] = [reason === undefined ? {} : { reason }];
      await this.#inTime(() => untilTaken(() => handle.executeUpdate(endCallUpdate, { args })));
    } catch (err) {
      throw callError(err, callId);
    }
  }

  async #botTimeline(callId: string): Promise<BotTimeline> {
    const handle = this.#handle(callId);
    try {
      return await this.#inTime(() => handle.query(botTimelineQuery));
    } catch (err) {
      throw callError(err, callId);
    }
  }

  async #describe(callId: string): Promise<WorkflowExecutionDescription> {
    const handle = this.#handle(callId);
    try {
      return await this.#inTime(() => handle.describe());
    } catch (err) {
      throw callError(err, callId);
    }
  }

  async #isClosed(callId: string): Promise<boolean> {
    return (await this.#describe(callId)).closeTime !== undefined;
  }

  async #sendOne(callId: string, activity: object): Promise<ActivityReceipt> {
    const [receipt] = await this.sendActivities(callId, activity);
    if (!receipt) throw new Error(`call ${callId} answered an activity with no receipt`);
    return receipt;
  }

  async #update(handle: WorkflowHandle, payload: unknown, updateId: string): Promise<ActivityReceipt[]> {
    const callId = handle.workflowId.replace(/^call-/, '');
    try {
      const edge = await this.#reader?.read(callId, payload);
      const said = edge ? { payload, edge } : { payload };
      return await this.#inTime(() => sendSaid(handle, said, updateId));
    } catch (err) {
      throw callError(err, callId);
    }
  }

  #handle(callId: string): WorkflowHandle {
    if (!isCallId(callId)) throw new CallNotFound(callId);
    return this.#client.workflow.getHandle(callWorkflowId(callId));
  }

  #inTime<T>(request: () => Promise<T>): Promise<T> {
    return inTime(this.#client, this.#deadlineMs, request);
  }
}
