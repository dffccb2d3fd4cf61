import type { LogEntry } from '../support/sip-peer';
import { header, tagIn } from '../support/sip-peer';
import { branchOf } from './peers/endpoint';

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
