import type { MessageParts, PeerMessage } from '../../support/sip-peer-message';
import type { PeerDialog } from '../../support/sip-peer-dialog';
import { cseqOf } from '../../support/sip-peer';
import { ackOf, branchOf, isSame } from '../sip-log';
import type { LogEntry, ReceivedMessage, SipPeer } from '../../support/sip-peer';

/** RFC 3261 section 17.1.1.1. */
const T1_MS = 500;
const T2_MS = 4_000;

/** Timer B and F. */
const PATIENCE_MS = 64 * T1_MS;

/** A SIP peer as patient as a real one (RFC 3261 section 17): what is not answered goes out again, what comes again is answered again. */
export class Endpoint {
  readonly #answers = new Map<string, PeerMessage>();
  isClosed = false;

  constructor(readonly peer: SipPeer) {
    peer.whenever(
      (message) => this.#answers.has(transactionOf(message)),
      (request) => {
        const answer = this.#answers.get(transactionOf(request));
        if (answer) peer.send(answer, request.from);
      }
    );
    // Asked by a SIP server that was started again: it has all of its dialogs.
    peer.whenever('OPTIONS', (options) => this.answer(options, 200));
  }

  /** Sends a request in a dialog until its final response has come. */
  ask(dialog: PeerDialog, method: string, parts: MessageParts = {}): PeerMessage {
    const request = dialog.request(method, parts);
    this.#repeat(
      () => this.peer.send(request, dialog.server),
      () => this.answerTo(request) !== undefined
    );
    return request;
  }

  /** Sends the INVITE of `peer.dial` until some response has come, and the ACK as often as the 200 comes. */
  insist(dialog: PeerDialog): void {
    const invite = dialog.invite!;
    this.#repeat(
      () => this.peer.send(invite, dialog.server),
      () => this.peer.log.some(({ direction, message }) => direction === 'in' && isAnswer(message, invite))
    );
    let ack: PeerMessage | undefined;
    this.peer.whenever(
      (message) =>
        message.status !== undefined && message.status >= 200 && ack !== undefined && isAnswer(message, invite),
      () => ack && this.peer.send(ack, dialog.server)
    );
    this.#acknowledge = () => (ack = dialog.ack());
  }

  /** ACKs the 200 of the INVITE that was insisted on. */
  acknowledge(): void {
    this.#acknowledge();
  }
  #acknowledge: () => void = () => undefined;

  /** Answers, and again whenever the request comes again. */
  answer(request: ReceivedMessage, status: number, parts: MessageParts & { tag?: string } = {}): void {
    this.peer.respond(request, status, parts);
    this.#remember(request);
  }

  /** Makes an answer that was sent last as lasting as those of `answer`, and repeats it until its ACK when it is the 200 of an INVITE. */
  stand(invite: ReceivedMessage): void {
    const answer = this.#remember(invite);
    this.#repeat(
      () => this.peer.send(answer, invite.from),
      () => ackOf(this.peer.log, invite) !== undefined
    );
  }

  /** The final response to a request of ours, when it has come. */
  answerTo(request: PeerMessage): LogEntry | undefined {
    return this.peer.log.find(
      ({ direction, message }) => direction === 'in' && (message.status ?? 0) >= 200 && isAnswer(message, request)
    );
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.peer.close();
  }

  #remember(request: ReceivedMessage): PeerMessage {
    const sent = this.peer.log.findLast(({ direction, message }) => direction === 'out' && isAnswer(message, request));
    if (!sent) throw new Error('nothing was answered');
    this.#answers.set(transactionOf(request), sent.message);
    return sent.message;
  }

  #repeat(send: () => void, isOver: () => boolean, waitMs = T1_MS, leftMs = PATIENCE_MS): void {
    setTimeout(() => {
      if (this.isClosed || leftMs <= 0 || isOver()) return;
      send();
      this.#repeat(send, isOver, Math.min(waitMs * 2, T2_MS), leftMs - waitMs);
    }, waitMs).unref();
  }
}

function isAnswer(message: PeerMessage, request: PeerMessage): boolean {
  return (
    message.status !== undefined &&
    branchOf(message) === branchOf(request) &&
    isSame(message, request) &&
    cseqOf(message).method === request.method
  );
}

/** Undefined for responses and ACK, which have no answer. */
function transactionOf(message: PeerMessage): string {
  return message.method === undefined || message.method === 'ACK' ? '' : `${message.method} ${branchOf(message)}`;
}
