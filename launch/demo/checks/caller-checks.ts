import type { CallEvidence } from '../evidence';
import { fragmentStatus, uriInHeader } from '../evidence';
import type { Check } from '../check';
import { targetsOf, uriIn } from '../plan';
import type { SipField } from '../sip-message';
import { splitUriHeaders } from '../sip-message';

/** What the caller, who is also the transferee, must have seen. */
export const callerChecks: readonly Check[] = [
  { name: "the caller's INVITE was answered", fault: unanswered },
  { name: "the caller's leg was left alone until it was handed over", fault: earlyEndOfCaller },
  { name: "the caller's leg ended", fault: callerStillUp },
];

/** What it must have seen of transfers by REFER. */
export const referChecks: readonly Check[] = [
  { name: 'the caller got exactly two REFERs, one for each target', fault: wrongNumberOfRefers },
  { name: 'the first Refer-To names the busy target and its headers', fault: (call) => wrongReferTo(call, 0) },
  { name: 'the second Refer-To names the second target and its headers', fault: (call) => wrongReferTo(call, 1) },
  { name: 'every REFER names its referrer', fault: wrongReferredBy },
  { name: 'every NOTIFY of the caller was answered with 200', fault: unansweredNotify },
];

function unanswered(call: CallEvidence): string | undefined {
  const invite = call.callersInvite();
  if (!invite) return 'it sent no INVITE';
  const statuses = call.finalStatuses(invite);
  return statuses.includes(200) ? undefined : `final responses: ${list(statuses)}`;
}

function wrongNumberOfRefers(call: CallEvidence): string | undefined {
  const { length } = call.requests('caller', 'in', 'REFER');
  return length === 2 ? undefined : `it got ${length}`;
}

function wrongReferTo(call: CallEvidence, attempt: 0 | 1): string | undefined {
  const refer = call.requests('caller', 'in', 'REFER')[attempt];
  if (!refer) return 'there is no such REFER';
  const referTo = uriInHeader(refer, 'Refer-To');
  if (!/^[\x21-\x7e]+$/.test(referTo) || /[<>"]/.test(referTo))
    return `it has characters that must be escaped: ${referTo}`;
  const { uri, headers } = splitUriHeaders(referTo);
  const target = targetsOf(call.plan)[attempt];
  if (uri !== target) return `it names ${uri} instead of ${target}`;
  const expected = asText(call.plan.headers);
  return asText(headers) === expected ? undefined : `its headers are ${asText(headers)} instead of ${expected}`;
}

function wrongReferredBy(call: CallEvidence): string | undefined {
  const expected = uriIn(call.plan, 'bot');
  const found = call.requests('caller', 'in', 'REFER').map((refer) => uriInHeader(refer, 'Referred-By'));
  if (found.length === 0) return 'there is no REFER';
  const wrong = found.find((uri) => uri !== expected);
  return wrong === undefined ? undefined : `Referred-By is "${wrong}" instead of "${expected}"`;
}

function unansweredNotify(call: CallEvidence): string | undefined {
  const notifies = call.withinCallersLeg('out', 'NOTIFY');
  if (notifies.length === 0) return 'it sent no NOTIFY';
  const bad = notifies.find((notify) => call.finalStatuses(notify).join() !== '200');
  return bad && `NOTIFY "${fragmentStatus(bad.message)}" was answered with ${list(call.finalStatuses(bad))}`;
}

function earlyEndOfCaller(call: CallEvidence): string | undefined {
  const from = call.handedOverAt();
  const early = call.withinCallersLeg('in', 'BYE').find(({ at }) => from === undefined || at < from);
  return early && 'it got a BYE before the second target had it';
}

function callerStillUp(call: CallEvidence): string | undefined {
  const byes = [...call.withinCallersLeg('in', 'BYE'), ...call.withinCallersLeg('out', 'BYE')];
  if (byes.length === 0) return 'there was no BYE';
  const unansweredBye = byes.find((bye) => !call.finalStatuses(bye).includes(200));
  return unansweredBye && `a BYE was answered with ${list(call.finalStatuses(unansweredBye))}`;
}

function asText(headers: readonly SipField[]): string {
  return headers.map(({ name, value }) => `${name}: ${value}`).join(', ') || 'none';
}

function list(statuses: readonly number[]): string {
  return statuses.join(', ') || 'none';
}
