import type { PeerMessage } from './sip-peer-message';
import { cseqOf, header, parsePeerMessage } from './sip-peer-message';

/** A message as SIPp's own trace has it. */
export interface SippMessage extends PeerMessage {
  direction: 'in' | 'out';
  /** Milliseconds since the epoch, with fractions. */
  at: number;
}

export type Fits = (message: SippMessage) => boolean;

/** A dashed line with the UTC time, a line with transport, direction and length, an empty line, the message. */
const ENTRY =
  /^-{20,} (\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)\n\w+ message (sent|received) [[(](\d+)\]? bytes[ )]:\n\n/gm;

/** The messages of a file that SIPp's `-trace_msg` writes, in order. One that is not yet whole is left for the next reading. */
export function parseSippTrace(trace: string): SippMessage[] {
  const bytes = Buffer.from(trace);
  return [...trace.matchAll(ENTRY)].flatMap((match) => {
    const [head, date, time, fraction, direction, length] = match;
    const start = Buffer.byteLength(trace.slice(0, match.index + head.length));
    const end = start + Number(length);
    if (end > bytes.length) return [];
    return {
      direction: direction === 'sent' ? ('out' as const) : ('in' as const),
      at: Date.parse(`${date}T${time}Z`) + Number(`0${fraction}`) * 1000,
      ...parsePeerMessage(bytes.toString('utf8', start, end)),
    };
  });
}

export const received =
  (method: string): Fits =>
  ({ direction, method: other }) =>
    direction === 'in' && other === method;

export const sent =
  (method: string): Fits =>
  ({ direction, method: other }) =>
    direction === 'out' && other === method;

/** A response that came in to a request of that method. */
export const answerTo =
  (method: string, status?: number): Fits =>
  (message) =>
    message.direction === 'in' &&
    message.status !== undefined &&
    (status === undefined || message.status === status) &&
    cseqOf(message).method === method;

/** The messages that fit, retransmissions left out: they share Call-ID, top Via, CSeq and status. */
export function distinct(messages: SippMessage[], fits: Fits): SippMessage[] {
  const keyOf = (message: SippMessage): string =>
    [header(message, 'Call-ID'), header(message, 'Via'), header(message, 'CSeq'), message.status].join(' ');
  const firsts = new Map<string, SippMessage>();
  for (const message of messages.filter(fits)) if (!firsts.has(keyOf(message))) firsts.set(keyOf(message), message);
  return [...firsts.values()];
}
