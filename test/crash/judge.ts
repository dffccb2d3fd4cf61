import type { LogEntry } from '../support/sip-peer';
import { header } from '../support/sip-peer';
import type { CrashCall } from './call/crash-call';
import type { Ending } from './call/ending';
import { expectedEnding } from './call/ending';
import type { PlayedCall } from './round';
import { branchOf } from './sip-log';
import type { Strike } from './strike';
import { excess, wireFaults } from './wire-counts';
import { GRACE_MS } from './world';

/** Requests of peers that the SIP server answers when no worker does. */
const NEWS = ['NOTIFY', 'BYE', 'INFO'];

/** What is sent this soon after Temporal's death, in ms, must be answered before its return. */
const SOON_MS = 1_000;

const REASONS: Record<Ending, string> = {
  transferred: 'transferred',
  'given up': 'caller-cancelled',
  unanswered: 'bot-unavailable',
  refused: 'caller-gone',
  'left alone': 'bot-disconnected',
};

/** What the peers of a call have to object to. */
export function judge({ call, ending, fault, strike }: PlayedCall): string[] {
  const expected = expectedEnding(call.cell);
  if (ending === undefined || strike === undefined) return [fault ?? 'it never came to its step', ...excess(call)];
  if (ending !== expected) return [`the call was ${ending}, not ${expected}`];
  const faults = [...recordFaults(call, ending), ...phoneFaults(call), ...wireFaults(call, ending)];
  if (ending === 'refused') faults.push(...refusalFaults(call));
  if (ending === 'transferred') faults.push(...transferFaults(call), ...graceFaults(call));
  if (call.cell.victim === 'Temporal') faults.push(...unansweredWhileAway(call, strike));
  return faults;
}

/** A record that is pushed again has the same key. */
function recordFaults(call: CrashCall, ending: Ending): string[] {
  const pushed = call.world.records.posts
    .map(({ record }) => record)
    .filter(({ caller }) => caller === call.callerNumber);
  const own = [...new Map(pushed.map((record) => [record.key, record])).values()];
  // A call that was refused may have come to Temporal later, or never.
  if (own.length === 0 && ending === 'refused') return [];
  const [record] = own;
  if (own.length !== 1 || !record) return [`${own.length} call records`];
  const { end, transfers } = record;
  const faults = end.reasonCode === REASONS[ending] ? [] : [`the record says ${end.reasonCode}: ${end.reason}`];
  const due = outcomesDue(call, ending).join(', ');
  const outcomes = transfers.map(({ outcome }) => outcome?.status ?? 'open').join(', ');
  return outcomes === due ? faults : [...faults, `the record’s transfers: ${outcomes || 'none'}`];
}

/** Of the attempts, in their order. */
function outcomesDue({ fails }: CrashCall, ending: Ending): string[] {
  if (ending === 'left alone') return ['failed'];
  if (ending !== 'transferred') return [];
  return fails ? ['failed', 'answered'] : ['answered'];
}

/** Where a phone could not take a description. */
function phoneFaults({ caller, target, firstTarget, logOfBot }: CrashCall): string[] {
  const byBot = logOfBot.filter(({ direction, message }) => direction === 'out' && message.status === 488);
  const faults = [caller, target, firstTarget].flatMap(({ phone }) => phone.faults);
  return byBot.length === 0 ? faults : [...faults, 'the bot could not take a description'];
}

function refusalFaults({ caller, callerDialog }: CrashCall): string[] {
  const { message } = caller.end.answerTo(callerDialog.invite!) ?? {};
  const isGood = message?.status === 503 && header(message, 'Retry-After') !== undefined;
  return isGood ? [] : [`the caller got ${message?.status ?? 'nothing'} in the place of 503 with Retry-After`];
}

function transferFaults(call: CrashCall): string[] {
  const hears = { caller: call.caller.phone.hears, target: call.target.phone.hears };
  const isJoined = call.method === 'REFER' || (hears.caller.port === 41000 && hears.target.port === 21002);
  return [
    ...eventFaults(call),
    ...(isJoined ? [] : [`caller and target do not hear each other: ${JSON.stringify(hears)}`]),
  ];
}

/** Events are told by their ids: one that is posted again is the same. */
function eventFaults(call: CrashCall): string[] {
  const { world, callId, fails } = call;
  const names = new Map<string, string>();
  for (const { callId: of, event } of world.bot.events)
    if (of === callId)
      names.set(event.id, event.name === 'transferStatus' ? `transfer ${event.value.status}` : event.name);
  const heard = [...names.values()];
  return ['start', ...(fails ? ['transfer failed'] : []), 'transfer answered', 'conversationEnd'].flatMap(
    (name, index, due) => {
      const count = heard.filter((one) => one === name).length;
      // Who is dead hears nothing more.
      if (call.cell.victim === 'bot left dead') return count > 1 ? [`${count} × ${name} at the webhook`] : [];
      const strange = index > 0 ? [] : heard.filter((one) => !due.includes(one)).map((one) => `${one} at the webhook`);
      return [...strange, ...(count === 1 ? [] : [`${count} × ${name} at the webhook`])];
    }
  );
}

/** The bot is let go when its grace is over, counted from the last word that the peers gave on the transfer. */
function graceFaults(call: CrashCall): string[] {
  const { caller, target, method } = call;
  const bye = call.atBot('BYE')?.at ?? 0;
  const last =
    method === 'REFER'
      ? caller.end.peer.log.find(
          ({ direction, message }) => direction === 'out' && message.body.startsWith('SIP/2.0 200')
        )
      : target.end.peer.log.find(({ direction, message }) => direction === 'out' && message.status === 200);
  const graceMs = bye - (last?.at ?? bye);
  return graceMs >= GRACE_MS ? [] : [`the grace lasted ${graceMs} ms`];
}

function unansweredWhileAway({ caller }: CrashCall, { killedAt, from }: Strike): string[] {
  const sent = new Map<string, LogEntry>();
  for (const entry of caller.end.peer.log) {
    const { direction, message, at } = entry;
    const branch = branchOf(message) ?? '';
    if (direction === 'out' && NEWS.includes(message.method ?? '') && at < killedAt + SOON_MS && !sent.has(branch))
      sent.set(branch, entry);
  }
  return [...sent.values()].flatMap(({ message }) => {
    const answeredAt = caller.end.answerTo(message)?.at ?? Infinity;
    return answeredAt < from ? [] : [`${message.method} was not answered while Temporal was away`];
  });
}
