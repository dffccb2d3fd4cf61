import type { TimelineEntry } from '../../contracts/call';
import type { CallEvent, CallState } from './state';

/** Says an event in a line, with the phase it led to. */
export function timelineEntry(event: CallEvent, before: CallState, after: CallState): Omit<TimelineEntry, 'n' | 'at'> {
  const moved = before.phase === after.phase ? '' : `${before.phase} → ${after.phase}`;
  const parts = [detailOf(event), moved, before === after ? 'ignored' : ''].filter((part) => part !== '');
  return parts.length === 0 ? { event: event.type } : { event: event.type, detail: parts.join('; ') };
}

function detailOf(event: CallEvent): string {
  switch (event.type) {
    case 'BotUnavailable':
    case 'BotLost':
    case 'BotFailed':
      return event.reason;
    case 'TransferRequested':
      return `${event.attemptId} to ${event.request.target}${overText(event)}`;
    case 'ReferAnswered':
      return `${event.sipStatus} ${event.reasonPhrase}`;
    case 'TargetRefused':
    case 'ReturnedRefused':
      return `${event.sipStatus} ${event.reasonPhrase}`;
    case 'ReferPutOff':
      return `${event.sipStatus}, again in ${event.pauseMs} ms`;
    case 'LegProbed':
      return event.isAlive ? 'alive' : 'dead';
    case 'TransferRefused':
    case 'ReferNotSent':
    case 'TargetNotCalled':
    case 'JoinFailed':
      return event.reason;
    case 'ReferNotified':
      return [event.notify.sipStatus, event.notify.reasonPhrase, event.notify.subscription.state]
        .filter(Boolean)
        .join(' ');
    case 'LegEnded':
      return event.reason === undefined ? event.kind : `${event.kind}: ${event.reason}`;
    case 'LegEndedEarly':
      return `${event.end.leg.kind}, before its answer is known`;
    case 'NodeLost':
    case 'HangupRequested':
    case 'TransferCancelled':
    case 'EndRequested':
      return event.reason ?? '';
    case 'MediaChanged':
      return event.change.legs.map(({ leg }) => leg.kind).join(', ');
    case 'BotInvited':
    case 'BotAnswered':
    case 'CallerAcknowledged':
    case 'CallerGone':
    case 'CallerCancelled':
    case 'LimitReached':
    case 'CallerReturned':
    case 'TargetAnswered':
    case 'TargetSilent':
    case 'TargetJoined':
    case 'CallReturned':
    case 'ReturnedJoined':
    case 'ReturnedGone':
    case 'ReferUnanswered':
    case 'DeadlinePassed':
    case 'GraceElapsed':
      return '';
  }
}

/** Which trunk, where the bot had a say in it, and why. */
function overText({ trunk = '', request: { over } }: Extract<CallEvent, { type: 'TransferRequested' }>): string {
  return over === undefined ? '' : ` over trunk ${trunk} (${over.reason} ${over.channel})`;
}
