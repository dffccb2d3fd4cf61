import type { LogEntry } from '../support/sip-peer';
import { header } from '../support/sip-peer';
import type { CrashCall } from './call/crash-call';
import type { Ending } from './call/story';
import type { Cell } from './cells';
import type { PlayedCall } from './round';
import { branchOf, different, firstInvites, reInvites, requests } from './sip-log';
import type { Strike } from './strike';
import { GRACE_MS } from './world';

/** Requests of peers that the SIP server answers when no worker does. */
const NEWS = ['NOTIFY', 'BYE', 'INFO'];

/** What is sent this soon after Temporal's death, in ms, must be answered before its return. */
const SOON_MS = 1_000;

const REASONS: Record<Ending, string> = {
  transferred: 'transferred',
  'given up': 'caller-cancelled',
  refused: 'caller-gone',
};

/** What the peers of a call have to object to. */
export function judge({ call, ending, fault, strike }: PlayedCall): string[] {
  const expected = expectedEnding(call.cell);
  if (ending === undefined || strike === undefined)
    return [fault ?? 'it never came to its step', ...wireFaults(call, expected, (count, due) => count > due)];
  if (ending !== expected) return [`the call was ${ending}, not ${expected}`];
  const faults = [...recordFaults(call, ending), ...call.faults(), ...wireFaults(call, ending)];
  if (ending === 'refused') faults.push(...refusalFaults(call));
  if (ending === 'transferred') faults.push(...transferFaults(call), ...graceFaults(call));
  if (call.cell.victim === 'Temporal') faults.push(...unansweredWhileAway(call, strike));
  return faults;
}

/** A caller is refused while Temporal is away; a bot that dies while it rings never answers, and the caller leaves. */
function expectedEnding({ step, victim }: Cell): Ending {
  if (step === 'arriving' && victim === 'Temporal') return 'refused';
  return step === 'bot ringing' && victim === 'bot' ? 'given up' : 'transferred';
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
  if (ending !== 'transferred') return faults;
  const outcomes = transfers.map(({ outcome }) => outcome?.status ?? 'open').join(', ');
  return outcomes === 'answered' ? faults : [...faults, `the record’s transfers: ${outcomes || 'none'}`];
}

function wireFaults(
  call: CrashCall,
  ending: Ending,
  isFault = (count: number, due: number): boolean => count !== due
): string[] {
  const { caller, target, cell } = call;
  const { REFER: byRefer, INVITE: byInvite } = { REFER: cell.method === 'REFER', INVITE: cell.method === 'INVITE' };
  const isTransferred = ending === 'transferred';
  const once = (isDue: boolean): number => Number(isDue);
  const wanted: [what: string, entries: LogEntry[], count: number][] = [
    ['INVITE at the bot', call.invitesAtBot('first'), once(ending !== 'refused')],
    ['re-INVITE at the bot', call.invitesAtBot('re'), once(isTransferred && byInvite)],
    ['REFER at the caller', requests(caller.end.peer.log, 'REFER'), once(isTransferred && byRefer)],
    ['INVITE at the target', firstInvites(target.end.peer.log), once(isTransferred && byInvite)],
    ['re-INVITE at the caller', requests(caller.end.peer.log, 'INVITE'), once(isTransferred && byInvite)],
    ['re-INVITE at the target', reInvites(target.end.peer.log), once(isTransferred && byInvite)],
    ['BYE at the caller', requests(caller.end.peer.log, 'BYE'), 0],
  ];
  return wanted.flatMap(([what, entries, count]) =>
    isFault(different(entries), count) ? [`${different(entries)} × ${what}, not ${count}`] : []
  );
}

function refusalFaults({ caller, callerDialog }: CrashCall): string[] {
  const { message } = caller.end.answerTo(callerDialog.invite!) ?? {};
  const isGood = message?.status === 503 && header(message, 'Retry-After') !== undefined;
  return isGood ? [] : [`the caller got ${message?.status ?? 'nothing'} in the place of 503 with Retry-After`];
}

function transferFaults(call: CrashCall): string[] {
  const events = call.world.bot.webhook.events.filter(({ callId }) => callId === call.callId);
  const faults = ['start', 'transferStatus', 'conversationEnd'].flatMap((name) => {
    const ids = new Set(events.filter(({ event }) => event.name === name).map(({ event }) => event.id));
    return ids.size === 1 ? [] : [`${ids.size} × ${name} at the webhook`];
  });
  const hears = { caller: call.caller.phone.hears, target: call.target.phone.hears };
  if (call.cell.method === 'INVITE' && (hears.caller.port !== 41000 || hears.target.port !== 21002))
    faults.push(`caller and target do not hear each other: ${JSON.stringify(hears)}`);
  return faults;
}

/** The bot is let go when its grace is over, counted from the last word that the peers gave on the transfer. */
function graceFaults(call: CrashCall): string[] {
  const { caller, target, cell } = call;
  const bye = call.atBot('BYE')?.at ?? 0;
  const last =
    cell.method === 'REFER'
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
