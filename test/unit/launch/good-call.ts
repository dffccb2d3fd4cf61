import type { Evidence } from '../../../launch/demo/evidence';
import type { DemoPlan } from '../../../launch/demo/plan';
import { demoPlan, demoPorts, targetsOf, uriIn } from '../../../launch/demo/plan';
import type { SipField, SipMessage } from '../../../launch/demo/sip-message';
import type { PeerName, TraceEntry } from '../../../launch/demo/trace';

export const CALL_ID = 'abcdefghijklmnop';
export const plan: DemoPlan = demoPlan('127.0.0.1', 5060, demoPorts(5070), [486, 200]);
const [busyUri, agentUri] = targetsOf(plan);
const REFER_HEADERS = '?X-Customer=42%20%26%20more';

type Direction = 'in' | 'out';

interface Exchange {
  peer: PeerName;
  /** Of the request. */
  direction: Direction;
  sipCallId: string;
  cseq: number;
  method: string;
  status: number;
  headers?: SipField[];
  body?: string;
}

/** A request and its final response, as the peer saw them, `at` and `at + 5` ms after the caller dialled. */
export function exchange(
  at: number,
  { peer, direction, status, body = '', headers = [], ...id }: Exchange
): TraceEntry[] {
  const common = [
    { name: 'Call-ID', value: id.sipCallId },
    { name: 'CSeq', value: `${id.cseq} ${id.method}` },
  ];
  const request: SipMessage = { method: id.method, requestUri: 'sip:x', headers: [...common, ...headers], body };
  const response: SipMessage = { status, reasonPhrase: '', headers: common, body: '' };
  const other = direction === 'in' ? 'out' : 'in';
  return [
    { kind: 'sip', at, peer, direction, isRepeat: false, message: request },
    { kind: 'sip', at: at + 5, peer, direction: other, isRepeat: false, message: response },
  ];
}

export function refer(at: number, cseq: number, target: string, headers = REFER_HEADERS): TraceEntry[] {
  return exchange(at, {
    ...{ peer: 'caller', direction: 'in', sipCallId: 'leg-a', cseq, method: 'REFER', status: 202 },
    headers: [
      { name: 'Refer-To', value: `<${target}${headers}>` },
      { name: 'Referred-By', value: `<${uriIn(plan, 'bot')}>` },
    ],
  });
}

export function notify(at: number, cseq: number, fragment: number, status = 200): TraceEntry[] {
  const body = `SIP/2.0 ${fragment} Whatever\r\n`;
  return exchange(at, { peer: 'caller', direction: 'out', sipCallId: 'leg-a', cseq, method: 'NOTIFY', status, body });
}

export function bye(at: number, peer: PeerName, direction: Direction, sipCallId: string): TraceEntry[] {
  return exchange(at, { peer, direction, sipCallId, cseq: 9, method: 'BYE', status: 200 });
}

export function targetCall(at: number, peer: 'busy' | 'agent', status: number, customer = '42 & more'): TraceEntry[] {
  const headers = [{ name: 'X-Customer', value: customer }];
  return exchange(at, { peer, direction: 'in', sipCallId: `leg-${peer}`, cseq: 1, method: 'INVITE', status, headers });
}

export function botEvent(at: number, name: string, value?: Record<string, unknown>): TraceEntry {
  return { kind: 'event', at, conversation: CALL_ID, event: { id: `${name}-${at}`, name, ...(value && { value }) } };
}

export function transferRequest(at: number, id: string, status = 202): TraceEntry {
  return { kind: 'request', at, conversation: CALL_ID, activity: { id, name: 'transfer' }, status };
}

/** The parts of a demonstration call in which everything went right; a test replaces one to break it. */
export function goodParts(): Record<string, TraceEntry[]> {
  const callIds = [
    { name: 'X-Call-ID', value: CALL_ID },
    { name: 'X-Call-API', value: `http://127.0.0.1:8080/v1/calls/${CALL_ID}` },
  ];
  const invite = { sipCallId: 'leg-a', cseq: 1, method: 'INVITE', status: 200 };
  return {
    callersInvite: exchange(0, { ...invite, peer: 'caller', direction: 'out' }),
    botsInvite: exchange(10, { ...invite, peer: 'bot', direction: 'in', sipCallId: 'leg-b', headers: callIds }),
    start: [botEvent(100, 'start')],
    firstRequest: [transferRequest(1100, 'one')],
    firstRefer: refer(1110, 1, busyUri),
    firstNotifies: [...notify(1120, 2, 100), ...notify(1180, 3, 486)],
    busyCall: targetCall(1130, 'busy', 486),
    firstOutcome: [botEvent(1200, 'transferStatus', { status: 'failed', reasonCode: 'busy', target: busyUri })],
    secondRequest: [transferRequest(1210, 'two')],
    secondRefer: refer(1220, 2, agentUri),
    secondNotifies: [...notify(1230, 4, 100), ...notify(1240, 5, 180), ...notify(1700, 6, 200)],
    agentCall: targetCall(1235, 'agent', 200),
    secondOutcome: [botEvent(1720, 'transferStatus', { status: 'answered', target: agentUri })],
    callersBye: bye(1710, 'caller', 'out', 'leg-a'),
    talkEnds: [...bye(2710, 'caller', 'out', 'leg-agent'), ...bye(2712, 'agent', 'in', 'leg-agent')],
    botsBye: bye(3230, 'bot', 'in', 'leg-b'),
    end: [botEvent(3240, 'conversationEnd', { reasonCode: 'transferred' })],
  };
}

export function evidenceOf(parts: Record<string, TraceEntry[]>, other: Partial<Evidence> = {}): Evidence {
  const entries = Object.values(parts)
    .flat()
    .sort((one, another) => one.at - another.at);
  const transfers = [
    { target: busyUri, outcome: { status: 'failed', reasonCode: 'busy' } },
    { target: agentUri, outcome: { status: 'answered' } },
  ];
  return {
    plan,
    entries,
    history: { isCompleted: true, completedActivities: { inviteBot: 1, sendRefer: 2, writeRecord: 1, endLeg: 1 } },
    records: [{ callId: CALL_ID, end: { reasonCode: 'transferred' }, transfers }],
    ...other,
  };
}
