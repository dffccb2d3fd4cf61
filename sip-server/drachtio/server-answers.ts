import type { Logger } from 'pino';
import type { Answering } from '../dialog/answering';
import type { Dialog } from '../dialog/dialog';
import { sdpOf } from '../dialog/session-description';
import { SipHeaders } from '../message/headers';
import type { SipRequest } from '../message/message';
import { reasonPhrase } from '../message/reasons';
import { Tally } from '../metrics/tally';
import { TransactionGone } from '../transaction/types';
import { PacedLog } from '../transport/paced-log';
import type { Delivery } from './delivery';
import { isDoneByComing } from './unanswered';

/** Answers of the server in the place of a client. */
export class ServerAnswers {
  /** Answers so far, by status code. */
  readonly tally = new Tally();
  private readonly refusals = new PacedLog();

  constructor(
    private readonly answering: Answering,
    private readonly log: Logger
  ) {}

  send(delivery: Delivery, status: number, header?: readonly [string, string]): void {
    this.tally.add(String(status));
    this.note(delivery, status);
    this.answer(delivery, status, SipHeaders.from(header === undefined ? [] : [header]));
  }

  /**
   * Answers a request in a dialog that no client needs to hear of later. A session that goes on as it is gets 200 with our description of it
   * (RFC 3261 section 14.2), a change of it must be asked for again.
   */
  settle(delivery: Delivery): void {
    const { dialog, transaction } = delivery;
    const { request } = transaction;
    if (isDoneByComing(delivery)) this.send(delivery, 200);
    else if (dialog?.localSdp === undefined || !goesOn(dialog, request)) this.send(delivery, 500, ['Retry-After', '2']);
    else {
      this.tally.add('200');
      this.note(delivery, 200);
      this.answer(delivery, 200, SipHeaders.from([['Content-Type', 'application/sdp']]), dialog.localSdp);
    }
  }

  private answer(delivery: Delivery, status: number, headers: SipHeaders, body: Buffer = Buffer.alloc(0)): void {
    const draft = { status, reason: reasonPhrase(status), headers, body };
    try {
      this.answering.answer(delivery.transaction, delivery.dialog, draft);
    } catch (error) {
      if (!(error instanceof TransactionGone)) throw error;
    }
  }

  /** Anybody can send a new request, so their lines are paced. */
  private note({ transaction: { request, received }, method, isInitial }: Delivery, status: number): void {
    const callId = request.headers.get('Call-ID');
    const { address } = received.flow.remote;
    const write = (count: number): void =>
      this.log.info({ callId, method, status, address, count }, 'no client answered, the server does');
    if (isInitial) this.refusals.note(address, write);
    else write(1);
  }
}

/** The peer offers what it said last, byte for byte. */
function goesOn({ state, remoteSdp }: Dialog, request: SipRequest): boolean {
  const offer = sdpOf(request);
  const isRefresh = request.method === 'INVITE' || request.method === 'UPDATE';
  return isRefresh && state === 'confirmed' && offer !== undefined && remoteSdp?.equals(offer) === true;
}
