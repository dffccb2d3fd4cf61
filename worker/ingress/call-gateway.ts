import type { Client } from '@temporalio/client';
import { WithStartWorkflowOperation, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { SignalDefinition } from '@temporalio/common';
import type { EdgeReader } from '../../activities/bot/edge-reader';
import type { Log } from '../../activities/log';
import { untilSuccess } from '../../activities/until-success';
import { TemporalUnavailable } from '../../client/errors';
import { sendSaid } from '../../client/send-said';
import { isUnprocessed, temporalError } from '../../client/temporal-failures';
import type { CallerAnswer, CallInput } from '../../contracts/call';
import type { Fault } from '../../contracts/failures';
import { FAILURE } from '../../contracts/failures';
import type { CallId } from '../../contracts/ids';
import { callWorkflowId, nodeTaskQueue } from '../../contracts/ids';
import type { BotRefer, CallLegs, ReturnedCall } from '../../contracts/messages';
import {
  ANSWER_UPDATE_ID,
  awaitAnswerUpdate,
  bridgeReturnedUpdate,
  CALL_WORKFLOW_TYPE,
  callLegsQuery,
} from '../../contracts/messages';
import { callSearchAttributes } from '../../contracts/search-attributes';
import { WORKFLOW_TASK_TIMEOUT } from '../workflow-task-timeout';
import { Outage } from './outage';
import type { Turn } from './turns';
import { Turns } from './turns';

const PAUSES = { firstMs: 100, longestMs: 500 };

/** One try; the SDK repeats inside of it for long when Temporal is away. */
const TRY_LIMIT_MS = 2_000;

const DESCRIBE_LIMIT_MS = 1_000;

/** A query waits for a worker. */
const QUERY_LIMIT_MS = 1_500;

/** What a call makes of a transfer that its bot asked for by REFER. */
export type TransferVerdict =
  { kind: 'accepted' | 'no-such-call' | 'in-progress' | 'not-ready' } | { kind: 'invalid'; reason: string };

export type Delivery = 'delivered' | 'no-such-call';

/** What SIP events become: workflow starts, updates, signals and queries. */
export class CallGateway {
  readonly #turns = new Turns();
  readonly #outage: Outage;

  constructor(
    private readonly client: Client,
    log: Pick<Log, 'warn'>,
    private readonly reader?: EdgeReader
  ) {
    this.#outage = new Outage(log);
  }

  /**
   * Starts the call's workflow, or finds the one that runs, and asks it what to answer the caller.
   * @returns once the workflow has taken the question: a promise of the answer
   */
  async open(input: CallInput): Promise<() => Promise<CallerAnswer>> {
    const { invite, channel, trunk, callId, node } = input;
    const values = {
      phase: 'ringing',
      trunk: trunk.id,
      channel: channel.botId,
      caller: invite.caller,
      callee: invite.callee,
    };
    const start = new WithStartWorkflowOperation(CALL_WORKFLOW_TYPE, {
      workflowId: callWorkflowId(callId),
      taskQueue: nodeTaskQueue(node),
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
      staticSummary: `${invite.caller} → ${invite.callee}, bot ${channel.botId}`,
      typedSearchAttributes: Object.entries(values).map(([name, value]) => ({
        key: callSearchAttributes[name as keyof typeof values],
        value,
      })),
    });
    const handle = await this.client.workflow.startUpdateWithStart(awaitAnswerUpdate, {
      startWorkflowOperation: start,
      updateId: ANSWER_UPDATE_ID,
      waitForStage: 'ACCEPTED',
    });
    this.reader?.begins(input);
    return () => this.#answer(handle).catch((err: unknown) => this.#openAgain(input, err));
  }

  /** Asks anew when no worker has looked at the question: one may have died with it. */
  async #openAgain(input: CallInput, err: unknown): Promise<CallerAnswer> {
    if (!isUnprocessed(err)) throw err;
    return (await this.open(input))();
  }

  /** True when Temporal is there and has the call, whether or not a worker has taken it. */
  async has(callId: CallId): Promise<boolean> {
    try {
      await this.client.withDeadline(Date.now() + DESCRIBE_LIMIT_MS, () =>
        this.client.workflow.getHandle(callWorkflowId(callId)).describe()
      );
      return true;
    } catch {
      return false;
    }
  }

  /** Asks until there is an answer: Temporal may go away and come back while the bot rings. */
  #answer(handle: { result(): Promise<CallerAnswer> }): Promise<CallerAnswer> {
    const ask = (): Promise<CallerAnswer> => handle.result();
    return untilSuccess(ask, PAUSES, (err) => {
      if (err instanceof WorkflowNotFoundError || err instanceof WorkflowUpdateFailedError) throw err;
      this.#outage.failed('question how to answer an INVITE', err);
    });
  }

  /** A place in the row of a call's signals, for one that cannot be sent yet. */
  turn(callId: CallId): Turn {
    return this.#turns.take(callId);
  }

  /**
   * Signals until Temporal has it: what a peer did must not be lost because Temporal is away for a while. The signals of a call reach it in the
   * order of these calls.
   */
  signal<Args extends unknown[]>(callId: CallId, signal: SignalDefinition<Args>, ...args: Args): Promise<Delivery> {
    return this.turn(callId).run(() => this.signalAtOnce(callId, signal, ...args));
  }

  /** As `signal`, within a turn. */
  signalAtOnce<Args extends unknown[]>(
    callId: CallId,
    signal: SignalDefinition<Args>,
    ...args: Args
  ): Promise<Delivery> {
    const signalOnce = (): Promise<Delivery> => this.#signalOnce(callId, signal, args);
    return untilSuccess(signalOnce, PAUSES, (err) => this.#outage.failed(`signal ${signal.name} of ${callId}`, err));
  }

  async #signalOnce<Args extends unknown[]>(
    callId: CallId,
    signal: SignalDefinition<Args>,
    args: Args
  ): Promise<Delivery> {
    const handle = this.client.workflow.getHandle(callWorkflowId(callId));
    try {
      await this.client.withDeadline(Date.now() + TRY_LIMIT_MS, () => handle.signal(signal, ...args));
      this.#outage.succeeded();
      return 'delivered';
    } catch (err) {
      if (err instanceof WorkflowNotFoundError) return 'no-such-call';
      throw err;
    }
  }

  /** Resolves when Temporal has taken every signal so far. */
  settled(): Promise<void> {
    return this.#turns.settled();
  }

  /** Asks the workflow for a transfer on behalf of a bot's REFER; asked again for a second delivery, it answers the same. */
  async requestTransfer(callId: CallId, refer: BotRefer): Promise<TransferVerdict> {
    try {
      const handle = this.client.workflow.getHandle(callWorkflowId(callId));
      const { activity } = refer;
      const edge = await this.reader?.read(callId, activity, { isRefer: true });
      await sendSaid(handle, edge ? { payload: activity, edge } : { payload: activity }, activity.id, refer);
      return { kind: 'accepted' };
    } catch (err) {
      if (err instanceof WorkflowNotFoundError) return { kind: 'no-such-call' };
      if (err instanceof WorkflowUpdateFailedError && err.cause instanceof ApplicationFailure)
        return refusedFor(err.cause);
      throw err;
    }
  }

  /**
   * Gives the workflow a call that came back because of its REFER; given a second time, it answers the same.
   * @returns the answer to its INVITE; undefined when no transfer waits for it
   */
  async bridgeReturned(returned: ReturnedCall): Promise<CallerAnswer | undefined> {
    const handle = this.client.workflow.getHandle(callWorkflowId(returned.token.callId));
    try {
      const options = { args: [returned] as [ReturnedCall], updateId: `returned-${returned.inviteId}` };
      return await this.#answer(
        await handle.startUpdate(bridgeReturnedUpdate, { ...options, waitForStage: 'ACCEPTED' })
      );
    } catch (err) {
      if (err instanceof WorkflowNotFoundError || err instanceof WorkflowUpdateFailedError) return undefined;
      throw err;
    }
  }

  /**
   * Asks the call for its legs until somebody can tell: any worker may have changed them since this one asked last.
   * @param withinMs no further try after this time
   * @returns undefined when there is no such call
   */
  legs(callId: CallId, withinMs = Infinity): Promise<CallLegs | undefined> {
    const since = performance.now();
    const ask = (): Promise<CallLegs | undefined> => this.#askForLegs(callId);
    return untilSuccess(ask, PAUSES, (err, pauseMs) => {
      const isOver = performance.now() + pauseMs - since > withinMs;
      if (isOver || !(temporalError(err) instanceof TemporalUnavailable)) throw err;
      this.#outage.failed(`question for the legs of ${callId}`, err);
    });
  }

  async #askForLegs(callId: CallId): Promise<CallLegs | undefined> {
    try {
      const legs = await this.client.withDeadline(Date.now() + QUERY_LIMIT_MS, () =>
        this.client.workflow.getHandle(callWorkflowId(callId)).query(callLegsQuery)
      );
      this.#outage.succeeded();
      return legs;
    } catch (err) {
      if (err instanceof WorkflowNotFoundError) return undefined;
      throw err;
    }
  }
}

function refusedFor({ type, message, details }: ApplicationFailure): TransferVerdict {
  if (type === FAILURE.TRANSFER_IN_PROGRESS) return { kind: 'in-progress' };
  if (type !== FAILURE.INVALID_ACTIVITY) return { kind: 'not-ready' };
  const [fault] = (details?.[0] ?? []) as Fault[];
  return { kind: 'invalid', reason: fault?.message ?? message };
}
