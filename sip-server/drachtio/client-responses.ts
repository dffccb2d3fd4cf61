import { trailOfReceived } from '../dialog/sent-request';
import type { SipResponse } from '../message/message';
import { reasonPhrase } from '../message/reasons';
import { serialize } from '../message/serialize';
import { utcTimeOfDay } from '../transport/time-of-day';
import type { ClientConnection } from './connection';
import type { Deliveries } from './deliveries';
import { failureFrame, responseSentFrame } from './frames';

/** Responses of clients to the requests that were delivered to them. */
export class ClientResponses {
  constructor(private readonly deliveries: Deliveries) {}

  answer(connection: ClientConnection, msgId: string, draft: SipResponse, transactionId: string): void {
    const reason = draft.reason === '' ? reasonPhrase(draft.status) : draft.reason;
    this.deliveries.answer(connection, transactionId, { ...draft, reason }, (outcome) => {
      if (typeof outcome === 'string') {
        connection.send(failureFrame(msgId, outcome));
        return;
      }
      const { delivery, response } = outcome;
      const trail = trailOfReceived(delivery.transaction.received);
      const sent = { ...trail, bytes: serialize(response).length, time: utcTimeOfDay() };
      connection.send(responseSentFrame(msgId, response, sent, transactionId, delivery.dialogId));
    });
  }
}
