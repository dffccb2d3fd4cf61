import { fragmentStatus } from './evidence';
import { headerOf, methodOf, startLineOf, tagOf } from './sip-message';
import type { Trace, TraceEntry, TracedBotEvent, TracedBotRequest, TracedMessage } from './trace';

/** One event of the demonstration call. */
export interface TimelineLine {
  /** Ms since the caller dialled. */
  atMs: number;
  /** Who saw it. */
  who: string;
  /** In plain words. */
  what: string;
  /** The SIP start line, the event, or the HTTP request. */
  wire: string;
}

const REQUEST_WORDS: Readonly<Record<string, { in: string; out: string }>> = {
  INVITE: { in: 'is called', out: 'dials' },
  CANCEL: { in: 'is no longer called', out: 'gives up' },
  BYE: { in: 'is disconnected', out: 'hangs up' },
  REFER: { in: 'is asked to call somebody else', out: 'asks for a transfer' },
  INFO: { in: 'gets information', out: 'sends information' },
};

/** An INVITE within a call: whose media goes where. */
const REINVITE_WORDS = { in: 'is given other media', out: 'changes its media' };

/** @returns undefined for what adds nothing to the story: ACKs, retransmissions, answers that are as they should be */
export function timelineLine(entry: TraceEntry, startedAt: number): TimelineLine | undefined {
  const atMs = entry.at - startedAt;
  if (entry.kind === 'event') return { atMs, who: 'bot', ...describeEvent(entry) };
  if (entry.kind === 'request') return { atMs, who: 'bot', ...describeBotRequest(entry) };
  if (entry.isRepeat) return undefined;
  const what = entry.message.method === undefined ? describeResponse(entry) : describeRequest(entry);
  return what === undefined ? undefined : { atMs, who: entry.peer, what, wire: wireText(entry) };
}

/** Holds the longest words, those of a conversation's end. */
const WORDS_WIDTH = 54;

export function formatLine({ atMs, who, what, wire }: TimelineLine): string {
  return `${`+${atMs} ms`.padStart(10)}  ${who.padEnd(6)}  ${what.padEnd(WORDS_WIDTH)}  ${wire}`;
}

/** Says each line of a trace as it comes, from now on. */
export function sayTimeline(trace: Trace, say: (line: string) => void): void {
  const startedAt = Date.now();
  trace.onEntry((entry) => {
    const line = timelineLine(entry, startedAt);
    if (line) say(formatLine(line));
  });
}

function describeRequest({ direction, message }: TracedMessage): string | undefined {
  const method = methodOf(message);
  if (method === 'INVITE' && tagOf(headerOf(message, 'To')) !== undefined) return REINVITE_WORDS[direction];
  if (method === 'NOTIFY') return `reports on the transfer: ${fragmentStatus(message)}`;
  return REQUEST_WORDS[method]?.[direction];
}

function describeResponse({ direction, message }: TracedMessage): string | undefined {
  const { status = 0 } = message;
  const method = methodOf(message);
  const isAnswer = direction === 'out';
  if (method !== 'INVITE') return describeOtherResponse(method, direction, status);
  if (status === 180 || status === 183) return isAnswer ? 'rings' : 'hears ringing';
  if (status >= 200 && status < 300) return isAnswer ? 'answers' : 'is connected';
  if (status >= 300) return isAnswer ? 'refuses the call' : 'is refused';
  return undefined;
}

function describeOtherResponse(method: string, direction: 'in' | 'out', status: number): string | undefined {
  if (method === 'REFER' && direction === 'out')
    return status < 300 ? 'agrees to the transfer' : 'refuses the transfer';
  return status < 300 ? undefined : `${method} was refused`;
}

function wireText({ direction, message }: TracedMessage): string {
  const referTo = message.method === 'REFER' ? ` Refer-To: ${headerOf(message, 'Refer-To') ?? ''}` : '';
  return `${direction === 'in' ? '<' : '>'} ${startLineOf(message)}${referTo}`;
}

function describeEvent({ event }: TracedBotEvent): Pick<TimelineLine, 'what' | 'wire'> {
  const { status, reasonCode } = event.value ?? {};
  const outcome = [status, reasonCode].filter((part) => typeof part === 'string').join(', ');
  const words: Readonly<Record<string, string>> = {
    start: 'hears that the conversation starts',
    transferStatus: `hears how the transfer went: ${outcome}`,
    conversationEnd: `hears that the conversation is over: ${outcome}`,
  };
  return { what: words[event.name] ?? `hears ${event.name}`, wire: `event ${event.name}` };
}

function describeBotRequest({ activity, status }: TracedBotRequest): Pick<TimelineLine, 'what' | 'wire'> {
  const what = activity.name === 'transfer' ? 'has asked to hand the caller over' : `has asked for ${activity.name}`;
  return { what, wire: `POST activity ${activity.name}: ${status === 0 ? 'no answer' : status}` };
}
