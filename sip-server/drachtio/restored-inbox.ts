import type { Answering } from '../dialog/answering';
import type { Dialog } from '../dialog/dialog';
import type { Dialogs } from '../dialog/dialogs';
import { requestOfRow, responseOfRow } from '../message/message-row';
import type { ServerTransaction, TransactionLayer } from '../transaction/types';
import type { WaysBack } from '../transport/ways-back';
import { receivedOfRow, transactionOfRow } from './arrival-row';
import type { ArrivalRow } from './arrival-row';
import type { Deliveries } from './deliveries';
import { Delivery } from './delivery';
import type { Inbox } from './inbox';

export interface RestoredInboxContext {
  inbox: Inbox;
  transactions: TransactionLayer;
  dialogs: Dialogs;
  deliveries: Deliveries;
  ways: WaysBack;
  answering: Answering;
}

/** Goes on with the requests of peers that an earlier process left, where they stood. */
export function restoreInbox(context: RestoredInboxContext): void {
  for (const row of context.inbox.rows()) restoreArrival(row, context);
}

function restoreArrival(row: ArrivalRow, context: RestoredInboxContext): void {
  const { inbox, transactions, dialogs, deliveries, ways } = context;
  const request = requestOfRow(row.request);
  const received = { ...receivedOfRow(row, ways), message: request };
  const transaction = transactions.resumeServer(transactionOfRow(row), request, received);
  const dialog = row.dialogId === '' ? undefined : dialogs.get(row.dialogId);
  const delivery = new Delivery(transaction, dialog, row.delivery?.isInitial ?? false);
  delivery.arrivedAt = row.arrivedAt;
  if (dialog !== undefined) link(transaction, dialog, row, context);
  if (row.delivery === undefined) {
    inbox.open(delivery);
    inbox.close(delivery);
    return;
  }
  const { wasDelivered, isServerAnswered, cancel } = row.delivery;
  Object.assign(delivery, { wasDelivered, isServerAnswered });
  delivery.cancel = cancel && { request: requestOfRow(cancel.request), received: receivedOfRow(cancel, ways) };
  deliveries.restore(delivery);
}

function link(transaction: ServerTransaction, dialog: Dialog, row: ArrivalRow, context: RestoredInboxContext): void {
  const { method } = transaction.request;
  if (transaction.isPending && dialog.state !== 'ended') {
    if (method === 'INVITE') dialog.peerInvite = transaction;
    if (method === 'UPDATE') dialog.peerUpdate = transaction;
  }
  if (row.accepted !== undefined && row.last !== undefined && dialog.state !== 'ended') {
    const { isInitial, deadlineAt } = row.accepted;
    context.answering.awaitAck(transaction, dialog, responseOfRow(row.last), isInitial, deadlineAt);
  }
  context.dialogs.note(dialog);
}
