import type { Logger } from 'pino';
import type { Answering } from '../dialog/answering';
import { SipHeaders } from '../message/headers';
import { reasonPhrase } from '../message/reasons';
import { Tally } from '../metrics/tally';
import { TransactionGone } from '../transaction/types';
import { PacedLog } from '../transport/paced-log';
import type { Delivery } from './delivery';

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
    const headers = SipHeaders.from(header === undefined ? [] : [header]);
    const draft = { status, reason: reasonPhrase(status), headers, body: Buffer.alloc(0) };
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
