import type { EndedBy, EndReasonCode } from '../../contracts/call';
import type { TransferEvidence, TransferReasonCode } from '../../contracts/transfer';
import type { HistoryFacts } from './history-facts';

/**
 * The paths of which a history must be on file, each with what such a history shows. Ends and evidence are keyed by their types: a new one
 * does not compile until it stands here.
 */
type Path = readonly [name: string, shows: (facts: HistoryFacts) => boolean];

/** By whom a call can end for each reason. */
const ENDS: Record<EndReasonCode, readonly EndedBy[]> = {
  'client-disconnected': ['caller'],
  'bot-disconnected': ['bot', 'fault'],
  transferred: ['transfer', 'caller', 'target'],
  error: ['fault', 'limit', 'transfer'],
  'bot-unavailable': ['bot'],
  'caller-cancelled': ['caller'],
  'caller-gone': ['caller'],
  'sip-node-lost': ['fault'],
  'operator-disconnected': ['operator'],
};

type Outcome = 'answered' | `failed ${TransferReasonCode}`;

/** What an attempt can come to for each evidence; a failure with its reason code. */
const OUTCOMES: Record<TransferEvidence, readonly Outcome[]> = {
  notify: ['answered', 'failed busy', 'failed declined', 'failed no-answer'],
  'notify-late': ['answered', 'failed busy'],
  bye: ['answered'],
  'bye-ambiguous': ['answered', 'failed error'],
  response: ['answered', 'failed busy', 'failed declined', 'failed error'],
  'accepted-only': ['answered'],
  timer: ['failed no-answer', 'failed error'],
  'sub-ended': ['failed declined', 'failed error'],
  media: ['failed error'],
  'in-doubt': ['failed error'],
  local: ['failed error'],
};

const ends = Object.entries(ENDS).flatMap(([reasonCode, all]) =>
  all.map((by): Path => [
    `a call ends as ${reasonCode} by ${by}`,
    ({ record }) => record?.end?.reasonCode === reasonCode && record.end.by === by,
  ])
);

const outcomes = Object.entries(OUTCOMES).flatMap(([evidence, all]) =>
  all.map((wanted): Path => [
    `a transfer is ${wanted} by ${evidence}`,
    ({ record }) =>
      record?.transfers?.some(({ outcome }) => outcome?.evidence === evidence && outcomeText(outcome) === wanted) ===
      true,
  ])
);

function outcomeText({ status, reasonCode }: { status: string; reasonCode?: string }): string {
  return reasonCode === undefined ? status : `${status} ${reasonCode}`;
}

const ofCall = (shows: (facts: HistoryFacts) => boolean) => (facts: HistoryFacts) =>
  facts.workflow === 'callWorkflow' && shows(facts);
const again = (activity: string): Path => [
  `a worker is killed within ${activity}`,
  ofCall(({ repeated }) => repeated.has(activity)),
];

const kills: readonly Path[] = [
  ...['inviteBot', 'sendRefer', 'inviteTarget', 'joinLegs', 'postEvents'].map(again),
  ['a worker is killed with a call in its cache', ofCall(({ taskTimeouts }) => taskTimeouts.has('SCHEDULE_TO_START'))],
  ['a worker is lost within a workflow task', ofCall(({ taskTimeouts }) => taskTimeouts.has('START_TO_CLOSE'))],
];

const ways: readonly Path[] = [
  ['a call goes on in another run', ofCall(({ isContinued }) => isContinued)],
  ['a transfer goes by INVITE', ofCall(({ record }) => record?.transfers?.[0]?.method === 'invite')],
  [
    'a transfer goes by REFER, then by INVITE',
    ofCall(({ record }) => record?.transfers?.some(({ referRefused }) => referRefused) === true),
  ],
  ['several targets are called', ofCall(({ record }) => (record?.transfers?.length ?? 0) > 1)],
  ['a call comes back', ofCall(({ activities }) => activities.has('bridgeReturned'))],
  ['a caller comes back to the bot', ofCall(({ activities }) => activities.has('rejoinLegs'))],
  ['a bot asks by REFER', ofCall(({ updates }) => updates.has('requestTransfer'))],
  ['a bot asks by a signal', ofCall(({ signals }) => signals.has('activitiesSent'))],
  [
    'a bot has no leg',
    ofCall(({ record, activities }) => record?.answeredAt !== undefined && !activities.has('inviteBot')),
  ],
  ['the caller answers our offer', ofCall(({ signals }) => signals.has('callerAcknowledged'))],
  ['digits of the caller come', ofCall(({ signals }) => signals.has('dtmfReceived'))],
  ['a budget is asked', ofCall(({ activities }) => activities.has('takeAttempt'))],
  ['a record is pushed', ofCall(({ activities }) => activities.has('pushRecord'))],
  [
    'a leg is lost',
    ofCall(
      ({ record }) => record?.legs?.some((leg) => leg.endedAt !== undefined && leg.endedBy === undefined) === true
    ),
  ],
];

const registers =
  (fits: (status: number) => boolean) =>
  ({ results }: HistoryFacts) =>
    (results.get('sendRegister') ?? []).some((result) => fits((result as { sipStatus: number }).sipStatus));

const otherWorkflows: readonly Path[] = [
  ['a trunk registers', registers((status) => status === 200)],
  ['a registrar refuses a trunk', registers((status) => status === 403)],
  ['a registrar wants a longer time', registers((status) => status === 423)],
  ['a registrar sends a trunk elsewhere', registers((status) => status === 302)],
  ['a registrar is away', registers((status) => status === 503)],
  ['an operator stops a registration', ({ signals }) => signals.has('unregisterRequested')],
  ['a trunk is configured anew', ({ signals }) => signals.has('trunkConfigured')],
  ['a trunk is watched', ({ results }) => results.has('watchTrunk')],
  ['attempts are counted', ({ workflow }) => workflow === 'budgetWorkflow'],
  ['dialogs and calls are compared', ({ workflow }) => workflow === 'reconciliationWorkflow'],
  ['they are compared twice', ({ results }) => (results.get('reconcileNode') ?? []).length > 1],
  ['a node is there', ({ workflow }) => workflow === 'nodePresenceWorkflow'],
];

export const PATHS: readonly Path[] = [...ends, ...outcomes, ...kills, ...ways, ...otherWorkflows];
