import { randomBytes } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { WithStartWorkflowOperation } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils';
import type { Activities } from '../../activities';
import { contextName, readAndName } from '../../activities/bot/read-and-name';
import { historiesOfRuns } from '../../client/histories/runs';
import type { BotEvent } from '../../contracts/bot-events';
import type { CallerAnswer, CallInput, CallView } from '../../contracts/call';
import type { CallRecord } from '../../contracts/call-record';
import { callRecordSchema } from '../../contracts/call-record';
import type { CallId, LegKind } from '../../contracts/ids';
import { callWorkflowId } from '../../contracts/ids';
import type { LegRecord } from '../../contracts/leg';
import type { ReferNotified } from '../../contracts/messages';
import * as messages from '../../contracts/messages';
import { WAIT_LIMIT_MS } from './limits';
import { recordHistories } from './record-histories';
import { WorkflowHost } from './workflow-host';

/** What the fake activities were asked, in order. */
export interface Effect {
  name: keyof Activities;
  input: unknown;
  atMs: number;
}

export interface CallUnderTest {
  handle: WorkflowHandle;
  effects: Effect[];
  /** Events that reached the bot's webhook. */
  botEvents(): BotEvent[];
  answer: Promise<CallerAnswer>;
  notify(sipStatus: number | undefined, over?: Partial<ReferNotified>): Promise<void>;
  byeFrom(kind: 'caller' | 'bot'): Promise<void>;
  transfer(params?: Record<string, unknown>): Promise<messages.ActivityReceipt[]>;
  /** Waits until the call's state fits. */
  until(fits: (view: CallView) => boolean): Promise<CallView>;
  count(name: keyof Activities): number;
  result(): Promise<CallRecord>;
  /** Of each run, the first one first. */
  histories(): Promise<History[]>;
}

export const leg = (kind: LegKind): LegRecord => ({
  name: { kind, attempt: 0 },
  dialogId: `${kind}@peer;from-tag=t`,
  localTag: 'ours',
  remoteTag: 'theirs',
  localSdp: `v=0 to ${kind}`,
  remoteSdp: `v=0 from ${kind}`,
});

export function callInput(over: Partial<CallInput> = {}): CallInput {
  const callId = Array.from(randomBytes(16), (byte) => 'abcdefghijklmnopqrstuvwxyz234567'[byte % 32]).join(
    ''
  ) as CallId;
  const input: CallInput = {
    callId,
    node: 'test',
    trunk: { id: 'trunk', host: 'peer', allowTargets: ['^sip:'], ringTimeoutMs: 60_000, maxCallMs: 3_600_000 },
    channel: { botId: 'bot', leg: 'sip:bot@peer', webhook: 'http://bot/events', takesDtmf: false, presets: {} },
    invite: {
      transactionId: 'txn',
      sipCallId: 'caller@peer',
      remoteTag: 't',
      callee: '1000',
      calleeHost: 'us',
      caller: '+4930111',
      callerHost: 'peer',
      headers: [],
      sdp: 'v=0 offer',
    },
    apiUrl: 'http://api/v1/calls/x',
    readsByActivity: true,
    withoutLocalActivities: true,
    ...over,
  };
  return { contextName: contextName(input), ...input };
}

export const isConversing = ({ phase }: Pick<CallView, 'phase'>): boolean => phase === 'conversing';

/** Of what reached the bot's webhook, in order. */
export const botEventNames = (call: CallUnderTest): string[] => call.botEvents().map(({ name }) => name);

let opened: Promise<WorkflowHost> | undefined;

/**
 * Runs one call of the real workflow on the real server, its activities replaced by fakes, and gives it to `script`.
 * @param onHost default: one for all calls of the file
 */
export async function withCall(
  fakes: Partial<Activities>,
  script: (call: CallUnderTest) => Promise<void>,
  input = callInput(),
  onHost?: WorkflowHost
): Promise<void> {
  const host = onHost ?? (await (opened ??= WorkflowHost.open()));
  const effects: Effect[] = [];
  host.serve(callWorkflowId(input.callId), recording({ ...defaults, ...fakes }, effects));
  const call = await openCall(host.client, input, host.taskQueue, effects);
  await script(call);
  if (process.env['RECORD_HISTORIES'] !== undefined) await recordHistories(await call.histories());
}

/** Closes what `withCall` opened; for `afterAll`. */
export async function closeHarness(): Promise<void> {
  const host = await opened;
  opened = undefined;
  await host?.close();
}

const defaults: Activities = {
  inviteBot: () => Promise.resolve({ kind: 'answered', bot: leg('bot'), caller: leg('caller'), awaitsAnswer: false }),
  bridgeReturned: ({ leg: target, callerLeg: { name } }) =>
    Promise.resolve({
      kind: 'answered',
      bot: { ...leg('target'), name: target },
      caller: { ...leg('returned'), name },
      awaitsAnswer: false,
    }),
  answerWithoutMedia: () => Promise.resolve(leg('caller')),
  acknowledgeBot: ({ bot, answer }) => Promise.resolve({ ...bot, localSdp: `acked ${answer}` }),
  sendInfo: () => Promise.resolve(200),
  postMetaData: () => Promise.resolve(),
  inviteTarget: ({ leg: name }) =>
    Promise.resolve({ kind: 'answered', target: { ...leg('target'), name }, awaitsAnswer: false }),
  joinLegs: ({ caller, target, held }) =>
    Promise.resolve({ kind: 'joined', legs: [caller, target, ...(held ? [held] : [])] }),
  rejoinLegs: ({ caller, other }) => Promise.resolve({ kind: 'joined', legs: [caller, ...(other ? [other] : [])] }),
  cancelInvite: () => Promise.resolve(),
  sendRefer: () => Promise.resolve({ sipStatus: 202, reasonPhrase: 'Accepted', cseq: 7 }),
  sendReport: () => Promise.resolve(),
  probeLeg: () => Promise.resolve(true),
  endLeg: () => Promise.resolve(),
  postEvents: () => Promise.resolve(undefined),
  createConversation: () => Promise.resolve({ activitiesUrl: 'http://bot/activities' }),
  postActivities: () => Promise.resolve([]),
  holdConversation: () => Promise.resolve(),
  disconnectConversation: () => Promise.resolve(),
  writeRecord: () => Promise.resolve(),
  checkTrunk: () => Promise.resolve({ isUsable: true }),
  takeAttempt: () => Promise.resolve({ status: 'granted' }),
  pushRecord: () => Promise.resolve(),
  readActivities: (payload, context) => Promise.resolve(readAndName(payload, context)),
};

function recording(activities: Activities, effects: Effect[]): Activities {
  const wrapped = Object.entries(activities).map(([name, run]) => [
    name,
    (...args: unknown[]) => {
      effects.push({ name: name as keyof Activities, input: args[0], atMs: Date.now() });
      return (run as (...args: unknown[]) => unknown)(...args);
    },
  ]);
  return Object.fromEntries(wrapped) as Activities;
}

async function openCall(
  client: Client,
  input: CallInput,
  taskQueue: string,
  effects: Effect[]
): Promise<CallUnderTest> {
  const start = new WithStartWorkflowOperation(messages.CALL_WORKFLOW_TYPE, {
    workflowId: callWorkflowId(input.callId),
    taskQueue,
    args: [input],
    workflowIdConflictPolicy: 'FAIL',
  });
  const update = await client.workflow.startUpdateWithStart(messages.awaitAnswerUpdate, {
    startWorkflowOperation: start,
    updateId: messages.ANSWER_UPDATE_ID,
    waitForStage: 'ACCEPTED',
  });
  const answer = update.result();
  answer.catch(() => undefined);
  const handle = client.workflow.getHandle(callWorkflowId(input.callId));
  const histories = (): Promise<History[]> =>
    historiesOfRuns((runId) => client.workflow.getHandle(handle.workflowId, runId).fetchHistory());
  return { handle, effects, answer, histories, ...controls(handle, effects) };
}

function controls(
  handle: WorkflowHandle,
  effects: Effect[]
): Omit<CallUnderTest, 'handle' | 'effects' | 'answer' | 'histories'> {
  let cseq = 0;
  const key = (method: string) => ({ method, remoteTag: 'theirs', cseq: ++cseq });
  const caller = { kind: 'caller' as const, attempt: 0 };
  return {
    botEvents: () => {
      const posts = effects.filter(({ name }) => name === 'postEvents');
      return posts.flatMap(({ input }) => (input as { body: { activities: BotEvent[] } }).body.activities);
    },
    notify: (sipStatus, over = {}) =>
      handle.signal(messages.referNotifiedSignal, {
        leg: caller,
        request: key('NOTIFY'),
        ...(sipStatus === undefined ? {} : { sipStatus, reasonPhrase: 'Phrase' }),
        subscription: { state: sipStatus !== undefined && sipStatus >= 200 ? 'terminated' : 'active' },
        ...over,
      }),
    byeFrom: (kind) => handle.signal(messages.dialogEndedSignal, { leg: { kind, attempt: 0 }, request: key('BYE') }),
    transfer: (params = {}) =>
      handle.executeUpdate(messages.sendActivitiesUpdate, {
        args: [
          {
            type: 'event',
            name: 'transfer',
            activityParams: { transferTarget: 'sip:agent@peer', transferNotifications: true, ...params },
          },
        ],
      }),
    until: (fits) => until(handle, fits),
    count: (name) => effects.filter((effect) => effect.name === name).length,
    result: async () => callRecordSchema.parse(await handle.result()),
  };
}

async function until(handle: WorkflowHandle, fits: (view: CallView) => boolean): Promise<CallView> {
  const deadline = Date.now() + WAIT_LIMIT_MS;
  for (;;) {
    const view = await handle.query(messages.callStateQuery);
    if (fits(view)) return view;
    if (Date.now() > deadline) throw new Error(`the call did not get there: ${JSON.stringify(view, undefined, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
