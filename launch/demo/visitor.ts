import type { SipMessage } from './sip-message';
import { headerOf, tagOf, uriOf } from './sip-message';
import type { TraceEntry } from './trace';

/** True for an INVITE of the call that the demonstration places itself. */
export function isFromDemoCaller(invite: SipMessage): boolean {
  return /^sips?:caller@/.test(uriOf(headerOf(invite, 'From')));
}

/**
 * One line for a call that somebody else places to one of the demonstration's bots.
 * @param linkTo where to look at a call
 * @returns undefined for all but the first INVITE of such a call
 */
export function visitorLine(entry: TraceEntry, linkTo: (callId: string) => string): string | undefined {
  if (entry.kind !== 'sip' || entry.isRepeat || entry.peer !== 'bot' || entry.direction !== 'in') return undefined;
  const { message } = entry;
  const callId = headerOf(message, 'X-Call-ID');
  const isFirst = message.method === 'INVITE' && tagOf(headerOf(message, 'To')) === undefined;
  if (!isFirst || callId === undefined || isFromDemoCaller(message)) return undefined;
  return printable(`call ${callId} from ${uriOf(headerOf(message, 'From'))}: ${linkTo(callId)}`);
}

/** What a caller sends must not steer the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '');
}
