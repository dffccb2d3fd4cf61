import { describe, expect, it } from '@jest/globals';
import { judge } from '../../../launch/demo/judge';
import { targetsOf } from '../../../launch/demo/plan';
import type { TraceEntry } from '../../../launch/demo/trace';
import * as good from './good-call';

const [busyUri, agentUri] = targetsOf(good.plan);

function faultsOf(changes: Record<string, TraceEntry[]>, other: Parameters<typeof good.evidenceOf>[1] = {}): string[] {
  return judge(good.evidenceOf({ ...good.goodParts(), ...changes }, other))
    .filter(({ isRight }) => !isRight)
    .map(({ name }) => name);
}

/** Each way to break the call, and the claim that must fall with it. */
const BROKEN: [what: string, changes: Record<string, TraceEntry[]>, claim: string][] = [
  ['the caller was refused', { callersInvite: refusedInvite() }, "the caller's INVITE was answered"],
  [
    'the bot was called twice',
    { secondInvite: renumbered('botsInvite', 'other') },
    'the bot was called once, with X-Call-ID and X-Call-API',
  ],
  [
    'the bot was called without X-Call-API',
    { botsInvite: withoutHeader('botsInvite', 'X-Call-API') },
    'the bot was called once, with X-Call-ID and X-Call-API',
  ],
  ['the bot heard no start', { start: [] }, 'the bot heard the start of the conversation'],
  [
    'a transfer request was refused',
    { secondRequest: [good.transferRequest(1210, 'two', 422)] },
    'both transfer requests of the bot were accepted',
  ],
  [
    'one attempt sent two REFERs',
    { extra: good.refer(1115, 7, busyUri) },
    'the caller got exactly two REFERs, one for each target',
  ],
  ['there was only one REFER', { secondRefer: [] }, 'the caller got exactly two REFERs, one for each target'],
  [
    'the first Refer-To names somebody else',
    { firstRefer: good.refer(1110, 1, agentUri) },
    'the first Refer-To names the busy target and its headers',
  ],
  [
    'a header is missing in Refer-To',
    { firstRefer: good.refer(1110, 1, busyUri, '') },
    'the first Refer-To names the busy target and its headers',
  ],
  [
    'the header in Refer-To is not escaped',
    { secondRefer: good.refer(1220, 2, agentUri, '?X-Customer=42 & more') },
    'the second Refer-To names the second target and its headers',
  ],
  [
    'a REFER lacks Referred-By',
    { firstRefer: withoutHeader('firstRefer', 'Referred-By') },
    'every REFER names its referrer',
  ],
  [
    'a NOTIFY was refused',
    { firstNotifies: good.notify(1180, 3, 486, 481) },
    'every NOTIFY of the caller was answered with 200',
  ],
  [
    'a NOTIFY was not answered',
    { firstNotifies: good.notify(1180, 3, 486).slice(0, 1) },
    'every NOTIFY of the caller was answered with 200',
  ],
  [
    'the caller was hung up before the second target',
    { early: good.bye(1205, 'caller', 'in', 'leg-a') },
    "the caller's leg was left alone until it was handed over",
  ],
  ["the caller's leg got no BYE", { callersBye: [] }, "the caller's leg ended"],
  ['the busy target was not called', { busyCall: [] }, 'the first target said 486 Busy Here'],
  [
    'the first target answered',
    { busyCall: good.targetCall(1130, 'busy', 200) },
    'the first target said 486 Busy Here',
  ],
  [
    'the first target did not get its header',
    { busyCall: good.targetCall(1130, 'busy', 486, '42') },
    'the first target was called with the headers of the transfer',
  ],
  [
    'the second target did not get its header',
    { agentCall: good.targetCall(1235, 'agent', 200, '42') },
    'the second target was called with the headers of the transfer',
  ],
  ['the second target is busy too', { agentCall: good.targetCall(1235, 'agent', 486) }, 'the second target answered'],
  [
    'the bot heard that nobody answered',
    { firstOutcome: [outcome(1200, 'failed', busyUri, 'no-answer')] },
    'the bot heard that the first target is busy',
  ],
  [
    'the bot heard nothing of the second attempt',
    { secondOutcome: [] },
    'the bot heard that the second target answered',
  ],
  [
    'the bot heard an outcome twice',
    { again: [outcome(1730, 'answered', agentUri)] },
    'the bot heard one outcome for each attempt',
  ],
  [
    'the bot lost its leg during the first transfer',
    { botsBye: good.bye(1150, 'bot', 'in', 'leg-b') },
    'the bot had its leg until the grace period was over',
  ],
  [
    'the bot lost its leg 1 ms before the end of the grace',
    { botsBye: good.bye(1700 + 1499, 'bot', 'in', 'leg-b') },
    'the bot had its leg until the grace period was over',
  ],
  ['the bot was not disconnected', { botsBye: [] }, 'the bot was disconnected after the grace period'],
  [
    'the bot was disconnected too late',
    { botsBye: good.bye(1700 + 4501, 'bot', 'in', 'leg-b') },
    'the bot was disconnected after the grace period',
  ],
  [
    'the conversation ended otherwise',
    { end: [good.botEvent(3240, 'conversationEnd', { reasonCode: 'error' })] },
    'the bot heard that the conversation ended as transferred',
  ],
];

const OTHERWISE_BROKEN: [what: string, other: Parameters<typeof good.evidenceOf>[1], claim: string][] = [
  [
    'the workflow is still open',
    { history: { isCompleted: false, completedActivities: {} } },
    'the workflow completed',
  ],
  [
    'the history holds three REFERs',
    historyWith({ sendRefer: 3, writeRecord: 1 }),
    'the history holds exactly two transfers',
  ],
  [
    'the record was written twice',
    historyWith({ sendRefer: 2, writeRecord: 2 }),
    'the history holds exactly one written record',
  ],
  ['there is no record', { records: [] }, 'there is exactly one call detail record'],
  [
    'the record says otherwise',
    { records: [{ callId: good.CALL_ID, end: { reasonCode: 'error' }, transfers: [] }] },
    'the record tells of the busy and the answered attempt',
  ],
];

describe('the judge of the demonstration call', () => {
  it('finds nothing wrong with a call that went right', () => expect(faultsOf({})).toEqual([]));

  it('takes a retransmission for what it is', () => {
    const repeats = good.refer(1610, 1, busyUri).map((entry) => ({ ...entry, isRepeat: true }) as TraceEntry);
    expect(faultsOf({ repeats })).toEqual([]);
  });

  it('takes a BYE at the very end of the grace', () => {
    expect(faultsOf({ botsBye: good.bye(1700 + 1500, 'bot', 'in', 'leg-b') })).toEqual([]);
  });

  it.each(BROKEN)('sees that %s', (_what, changes, claim) => expect(faultsOf(changes)).toContain(claim));

  it.each(OTHERWISE_BROKEN)('sees that %s', (_what, other, claim) => expect(faultsOf({}, other)).toContain(claim));

  it('has a test for every claim', () => {
    const tested = new Set([...BROKEN, ...OTHERWISE_BROKEN].map(([, , claim]) => claim));
    const untested = judge(good.evidenceOf(good.goodParts())).filter(({ name }) => !tested.has(name));
    expect(untested).toEqual([]);
  });

  it('holds nothing for right when there was no call', () => {
    const verdicts = judge({ plan: good.plan, entries: [], records: [] });
    const right = verdicts.filter(({ isRight }) => isRight).map(({ name }) => name);
    expect(right).toEqual(["the caller's leg was left alone until it was handed over"]);
  });
});

function part(name: string): TraceEntry[] {
  return good.goodParts()[name] ?? [];
}

function refusedInvite(): TraceEntry[] {
  return good.exchange(0, {
    peer: 'caller',
    direction: 'out',
    sipCallId: 'leg-a',
    cseq: 1,
    method: 'INVITE',
    status: 503,
  });
}

function renumbered(name: string, sipCallId: string): TraceEntry[] {
  return mapHeaders(name, (field) => (field.name === 'Call-ID' ? { ...field, value: sipCallId } : field));
}

function withoutHeader(name: string, header: string): TraceEntry[] {
  return mapHeaders(name, (field) => (field.name === header ? { ...field, value: '' } : field));
}

function mapHeaders(
  name: string,
  change: (field: { name: string; value: string }) => { name: string; value: string }
): TraceEntry[] {
  return part(name).map((entry) =>
    entry.kind === 'sip'
      ? { ...entry, message: { ...entry.message, headers: entry.message.headers.map(change) } }
      : entry
  );
}

function outcome(at: number, status: string, target: string, reasonCode?: string): TraceEntry {
  return good.botEvent(at, 'transferStatus', { status, target, ...(reasonCode !== undefined && { reasonCode }) });
}

function historyWith(completedActivities: Record<string, number>): Parameters<typeof good.evidenceOf>[1] {
  return { history: { isCompleted: true, completedActivities } };
}
