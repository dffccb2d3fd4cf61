import type { LogEntry } from '../support/sip-peer';
import type { CrashCall } from './call/crash-call';
import type { Ending } from './call/ending';
import { expectedEnding } from './call/ending';
import { different, firstInvites, reInvites, requests } from './sip-log';

/** What came another number of times than it should have in a call that ended so. */
export function wireFaults(call: CrashCall, ending: Ending): string[] {
  return faults(call, ending, (count, due) => count !== due);
}

/** What has come more often than it ever should. */
export function excess(call: CrashCall): string[] {
  return faults(call, expectedEnding(call.cell), (count, due) => count > due);
}

function faults(call: CrashCall, ending: Ending, isFault: (count: number, due: number) => boolean): string[] {
  return countsOnWire(call, ending).flatMap(([what, entries, count]) =>
    isFault(different(entries), count) ? [`${different(entries)} × ${what}, not ${count}`] : []
  );
}

/** What of that kind came, and how often it should have. */
type CountOnWire = [what: string, entries: LogEntry[], count: number];

function countsOnWire(call: CrashCall, ending: Ending): CountOnWire[] {
  const { caller, target, firstTarget, logOfBot, method, fails } = call;
  const count = (byRefer: number, byInvite: number): number =>
    ending === 'transferred' ? { REFER: byRefer, INVITE: byInvite }[method] : 0;
  const isAlone = ending === 'left alone';
  const isUndone = Number(fails === 'undone');
  const reInvitesAtBot = isAlone ? (call.isAt('re-INVITE bot') ? 1 : 2) : count(0, 1 + 2 * isUndone);
  return [
    ['INVITE at the bot', call.world.bot.invitesOf(call.callerNumber), Number(ending !== 'refused')],
    ['re-INVITE at the bot', reInvites(logOfBot), reInvitesAtBot],
    ['REFER at the caller', requests(caller.end.peer.log, 'REFER'), count(fails ? 2 : 1, 0)],
    ['INVITE at the first target', firstInvites(firstTarget.end.peer.log), isAlone ? 1 : count(0, fails ? 1 : 0)],
    ['INVITE at the target', firstInvites(target.end.peer.log), count(0, 1)],
    ['re-INVITE at the caller', requests(caller.end.peer.log, 'INVITE'), isAlone ? 1 : count(0, 1 + isUndone)],
    ['re-INVITE at the first target', reInvites(firstTarget.end.peer.log), 0],
    ['re-INVITE at the target', reInvites(target.end.peer.log), count(0, 1)],
    ['BYE at the caller', requests(caller.end.peer.log, 'BYE'), Number(isAlone)],
  ];
}
