import type { LogEntry } from '../support/sip-peer';
import { cseqOf, header, tagIn } from '../support/sip-peer';
import type { PeerMessage } from '../support/sip-peer-message';

/** Retransmissions have the same branch. */
export function different(entries: readonly LogEntry[]): number {
  return new Set(entries.map(({ message }) => branchOf(message))).size;
}

export function requests(log: readonly LogEntry[], method: string): LogEntry[] {
  return log.filter(({ direction, message }) => direction === 'in' && message.method === method);
}

const isInDialog = ({ message }: LogEntry): boolean => tagIn(header(message, 'To')) !== undefined;

export function firstInvites(log: readonly LogEntry[]): LogEntry[] {
  return requests(log, 'INVITE').filter((entry) => !isInDialog(entry));
}

export function reInvites(log: readonly LogEntry[]): LogEntry[] {
  return requests(log, 'INVITE').filter(isInDialog);
}

/** The ACK of an INVITE. */
export function ackOf(log: readonly LogEntry[], invite: PeerMessage): LogEntry | undefined {
  return requests(log, 'ACK').find(({ message }) => isSame(message, invite));
}

/** Of one Call-ID and CSeq number. */
export function isSame(one: PeerMessage, other: PeerMessage): boolean {
  return header(one, 'Call-ID') === header(other, 'Call-ID') && cseqOf(one).number === cseqOf(other).number;
}

export function branchOf(message: PeerMessage): string | undefined {
  return /;\s*branch=([^;,\s]+)/i.exec(header(message, 'Via') ?? '')?.[1];
}
