import { createHash, randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { z } from 'zod';
import type { CallView } from '../contracts/call';
import { callWorkflowId, isCallId } from '../contracts/ids';
import type { ActivityReceipt } from '../contracts/messages';
import { callStateQuery, sendActivitiesUpdate } from '../contracts/messages';
import type { transferParamsSchema } from '../contracts/schemas';
import { activitiesSchema, activitySchema } from '../contracts/schemas';
import type { CallListFilter, CallListPage } from './call-list';
import { listCalls } from './call-list';
import { CallNotFound, CallNotReady, TemporalUnavailable, TransferInProgress } from './errors';
import { callError, temporalError } from './temporal-failures';

/** `activityParams` of a transfer. */
export type TransferParams = z.input<typeof transferParamsSchema>;

export interface CallsClientOptions {
  /** Time limit of each request, in ms. Default 5000. */
  deadlineMs?: number;
}

/** Watches and steers calls. Every request ends within its deadline; `TemporalUnavailable` when Temporal does not answer. */
export class CallsClient {
  readonly #client: Client;
  readonly #deadlineMs: number;

  constructor(client: Client, { deadlineMs = 5000 }: CallsClientOptions = {}) {
    this.#client = client;
    this.#deadlineMs = deadlineMs;
  }

  /**
   * Lists calls, latest first. What it shows may lag behind the call by about a second.
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
   * Carries out a bot's activities in order. A repeat with the same activity ids and content is the same request.
   * @param payload one Bot API activity, a list, or `{activities: [...]}`
   * @returns what became of each
   * @throws InvalidActivity, CallNotReady, TransferInProgress, CallNotFound, TemporalUnavailable
   */
  async sendActivities(callId: string, payload: unknown): Promise<ActivityReceipt[]> {
    const handle = this.#handle(callId);
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
   * Ends the call.
   * @param reason free text for the record
   * @throws as `sendActivities`
   */
  async hangup(callId: string, reason?: string, id: string = randomUUID()): Promise<ActivityReceipt> {
    const activityParams = reason === undefined ? {} : { hangupReason: reason };
    return this.#sendOne(callId, { type: 'event', name: 'hangup', id, activityParams });
  }

  async #sendOne(callId: string, activity: object): Promise<ActivityReceipt> {
    const [receipt] = await this.sendActivities(callId, activity);
    if (!receipt) throw new Error(`call ${callId} answered an activity with no receipt`);
    return receipt;
  }

  async #update(handle: WorkflowHandle, payload: unknown, updateId: string): Promise<ActivityReceipt[]> {
    try {
      return await this.#inTime(() => handle.executeUpdate(sendActivitiesUpdate, { args: [payload], updateId }));
    } catch (err) {
      throw callError(err, handle.workflowId.replace(/^call-/, ''));
    }
  }

  #handle(callId: string): WorkflowHandle {
    if (!isCallId(callId)) throw new CallNotFound(callId);
    return this.#client.workflow.getHandle(callWorkflowId(callId));
  }

  /** Own clock beside the client's deadline: retries inside a connection may outlast it. */
  async #inTime<T>(request: () => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const giveUp = (): void => reject(new TemporalUnavailable('Temporal did not answer in time'));
      timer = setTimeout(giveUp, this.#deadlineMs);
    });
    try {
      return await Promise.race([this.#client.withDeadline(Date.now() + this.#deadlineMs, request), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** @returns an update id that a repeat of the same activities has too; undefined unless each of them has an id */
function repeatableUpdateId(payload: unknown): string | undefined {
  const list = activitiesSchema.safeParse(payload);
  if (
    !list.success ||
    !list.data.every((activity) => activitySchema.shape.id.unwrap().safeParse(idOf(activity)).success)
  )
    return undefined;
  return `activities-${createHash('sha256').update(JSON.stringify(list.data)).digest('base64url')}`;
}

function idOf(activity: unknown): unknown {
  return typeof activity === 'object' && activity !== null && 'id' in activity ? activity.id : undefined;
}
