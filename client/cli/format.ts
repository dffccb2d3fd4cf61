import type { CallEnd, CallView, TimelineEntry } from '../../contracts/call';
import type { ActivityReceipt } from '../../contracts/messages';
import type { CallListItem } from '../call-list';
import type { CallEvent } from '../call-watch';
import { columns, printable } from './columns';

export function callsTable(calls: readonly CallListItem[]): string {
  if (calls.length === 0) return 'no calls';
  const head = ['CALL', 'PHASE', 'CALLER', 'CALLEE', 'BOT', 'TRUNK', 'STARTED', 'OUTCOME'];
  const rows = calls.map(({ callId, phase, caller, callee, botId, trunk, startedAt, outcome = '' }) => {
    return [callId, phase, caller, callee, botId, trunk, startedAt, outcome];
  });
  return columns(rows, head);
}

export function callText(view: CallView): string {
  const facts = [
    ['call', view.callId],
    ['phase', view.phase],
    ['caller', view.caller],
    ['callee', view.callee],
    ['bot', view.botId],
    ['trunk', `${view.trunk} on node ${view.node}`],
    ['started', view.startedAt],
    ['answered', view.answeredAt ?? 'no'],
    ...(view.endedAt === undefined ? [] : [['ended', view.endedAt]]),
    ...(view.end ? [['end', endText(view.end)]] : []),
  ];
  const transfers = view.transfers.map(({ target, requestedAt, outcome }) => {
    return [requestedAt, target, outcome?.status ?? 'open', outcome?.reason ?? ''];
  });
  const sections = [
    columns(facts),
    ...(transfers.length === 0 ? [] : [`transfers\n${columns(transfers)}`]),
    `timeline\n${view.timeline.map(entryText).join('\n')}`,
  ];
  return sections.join('\n\n');
}

export function entryText({ at, event, detail }: TimelineEntry): string {
  return printable(`${at}  ${event.padEnd(18)}  ${detail ?? ''}`).trimEnd();
}

export function eventText(event: CallEvent): string {
  return event.kind === 'timeline' ? entryText(event.entry) : `ended: ${endText(event.end)}`;
}

function endText(end: CallEnd | undefined): string {
  return end ? `${end.reasonCode}, ${end.reason}` : 'terminated from outside';
}

export function receiptText({ name, status, attemptId }: ActivityReceipt): string {
  return `${name} ${status}${attemptId === undefined ? '' : ` as ${attemptId}`}`;
}

export const checksTable = (rows: string[][]): string => columns(rows);
