import type { Dialog } from '../dialog/dialog';
import { requestOfRow, responseOfRow, rowOfRequest, rowOfResponse } from '../message/message-row';
import type { RequestRow, ResponseRow } from '../message/message-row';
import type { KeptServer, ServerTransaction } from '../transaction/types';
import type { Received } from '../transport/types';
import { rowOfFlow } from '../transport/ways-back';
import type { FlowRow, WaysBack } from '../transport/ways-back';
import type { Delivery } from './delivery';

/** A request with where it came from. */
interface ReceivedRow {
  request: RequestRow;
  flow: FlowRow;
  bytes: number;
  time: string;
}

/** What is kept of a peer's request: its transaction, and what a client still has to do with it. */
export interface ArrivalRow extends ReceivedRow {
  /** Transaction id. */
  id: string;
  dialogId: string;
  /** When it was delivered first or could not be, in milliseconds since the epoch. */
  arrivedAt: number;
  localTag?: string | undefined;
  last?: ResponseRow | undefined;
  /** Of a 2xx that waits for its ACK. */
  accepted?: { isInitial: boolean; deadlineAt: number } | undefined;
  /** Absent when no client has to hear of it any more. */
  delivery?:
    | { isInitial: boolean; wasDelivered: boolean; isServerAnswered: boolean; cancel?: ReceivedRow | undefined }
    | undefined;
}

/** Enough to know a retransmission by, which gets the last response again. */
const identifying = new Set(['Via', 'From', 'To', 'Call-ID', 'CSeq', 'Contact', 'Record-Route']);

export function rowOfArrival(delivery: Delivery, isOpen: boolean): ArrivalRow {
  const { transaction, dialog, arrivedAt, dialogId } = delivery;
  const { id, localTag, lastResponse } = transaction;
  const accepted = acceptedIn(dialog, transaction);
  const whole = rowOfReceived(transaction.received);
  return {
    ...(isOpen || transaction.isPending || accepted !== undefined ? whole : shortened(whole)),
    ...{ id, dialogId, arrivedAt, localTag, accepted },
    last: lastResponse && rowOfResponse(lastResponse),
    delivery: isOpen ? rowOfDelivery(delivery) : undefined,
  };
}

export function receivedOfRow({ request, flow, bytes, time }: ReceivedRow, ways: WaysBack): Received {
  return { message: requestOfRow(request), flow: ways.flowOf(flow), bytes, time };
}

export function transactionOfRow({ id, localTag, last }: ArrivalRow): KeptServer {
  return { id, localTag, last: last && responseOfRow(last) };
}

function rowOfDelivery({ isInitial, wasDelivered, isServerAnswered, cancel }: Delivery): ArrivalRow['delivery'] {
  return { isInitial, wasDelivered, isServerAnswered, cancel: cancel && rowOfReceived(cancel.received) };
}

function rowOfReceived({ message, flow, bytes, time }: Received): ReceivedRow {
  if (message.kind !== 'request') throw new TypeError('only requests are kept here');
  return { request: rowOfRequest(message), flow: rowOfFlow(flow), bytes, time };
}

function shortened(row: ReceivedRow): ReceivedRow {
  const headers = row.request.headers.filter(([name]) => identifying.has(name));
  return { ...row, request: { ...row.request, headers, body: '' } };
}

function acceptedIn(dialog: Dialog | undefined, transaction: ServerTransaction): ArrivalRow['accepted'] {
  const found = [...(dialog?.accepted.values() ?? [])].find((accepted) => accepted.transaction === transaction);
  return found && { isInitial: found.isInitial, deadlineAt: found.deadlineAt };
}
