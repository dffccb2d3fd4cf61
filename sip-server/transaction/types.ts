import type { SipRequest, SipResponse } from '../message/message';
import type { Flow, Received, Target } from '../transport/types';

/** A server transaction (RFC 3261 section 17.2), seen by its user. */
export interface ServerTransaction {
  /** UUID; the drachtio transaction id of this request. */
  readonly id: string;
  readonly request: SipRequest;
  readonly received: Received;
  /** Highest status sent so far, 0 when none (100 counts). */
  readonly lastStatus: number;
  /**
   * To tag for the responses that the layer builds itself (487, 200 to CANCEL). Taken from the first response above 100 that carries
   * one when not set before.
   */
  localTag: string | undefined;
  /** The response that retransmitted requests get. */
  readonly lastResponse: SipResponse | undefined;
  /** True when it matches nothing any more. */
  readonly isOver: boolean;
  /** Runs when a response was given, and when the transaction is over. */
  onChange: () => void;
  /** True while `respond` can still put something on the wire. */
  readonly isPending: boolean;
  /**
   * Sends a response through the transaction. The layer owns retransmission of non-2xx finals (timer G) and repeats the last
   * response to retransmitted requests. A 2xx to INVITE is retransmitted by the dialog layer (RFC 3261 section 13.3.1.4), which
   * calls `putAgain` for each repeat.
   * @throws TransactionGone when a final response was sent, the transaction is over, or the flow cannot be used
   */
  respond(response: SipResponse): void;
  /** Puts a 2xx or reliable 1xx that was sent before on the wire again. */
  putAgain(response: SipResponse): void;
}

/** A client transaction (RFC 3261 section 17.1), seen by its user. */
export interface ClientTransaction {
  readonly id: string;
  /** The request as sent, top Via included. */
  readonly request: SipRequest;
  readonly bytes: number;
  readonly flow: Flow | undefined;
  readonly target: Target;
  /** True until a final response, a time-out or a transport error was reported. */
  readonly isPending: boolean;
  /** True once a provisional response came, so that a CANCEL may go (RFC 3261 section 9.1). */
  readonly isProceeding: boolean;
  /** True when it matches nothing any more. */
  readonly isOver: boolean;
  /** Runs when the transaction is over. */
  onOver: () => void;
  /** A response came, be it 100. */
  readonly isHeard: boolean;
  /**
   * INVITE only: sends CANCEL now, or as soon as a 1xx comes (RFC 3261 section 9.1). Later calls do nothing. When no final response
   * comes within 64*T1 of the CANCEL, `onTimeout` is called.
   * @returns the CANCEL as it is or will be sent
   */
  cancel(extraHeaders?: Iterable<readonly [string, string]>): SipRequest;
}

/** How far a client transaction had come: nothing came back; a 1xx did; a 2xx did, to an INVITE. */
export type ClientStage = 'unanswered' | 'proceeding' | 'accepted';

/** A client transaction of an earlier process. */
export interface KeptClient {
  id: string;
  /** As sent, with our Via. */
  request: SipRequest;
  stage: ClientStage;
}

/** A server transaction of an earlier process. */
export interface KeptServer {
  id: string;
  localTag: string | undefined;
  last: SipResponse | undefined;
}

/** What a client transaction reports. After `onFinal`, `onTimeout` or `onTransportError` nothing more is reported but 2xx of an INVITE. */
export interface ClientTransactionUser {
  /** 101 to 199. 100 is absorbed. */
  onProvisional(response: SipResponse, received: Received): void;
  /**
   * First final response. A 3xx-6xx to INVITE was already ACKed by the layer. For INVITE, every further 2xx (retransmission or
   * fork) within 64*T1 is reported again through `onFurther2xx`.
   */
  onFinal(response: SipResponse, received: Received): void;
  onFurther2xx(response: SipResponse, received: Received): void;
  /** No final response: timer B, timer F, timer C, or 64*T1 after a CANCEL. */
  onTimeout(): void;
  /** The request could not be sent: no connection, DNS failure. Nothing answered before. */
  onTransportError(reason: string): void;
}

/** Receives what is not a response: RFC 3261's transaction user on the server side. */
export interface ServerTransactionUser {
  /** True for a request with a To tag whose dialog is here; others count as new ones. */
  isInDialog(request: SipRequest): boolean;
  /** A new request other than ACK and CANCEL. The layer has sent 100 for INVITE and swallows retransmissions. */
  onRequest(transaction: ServerTransaction): void;
  /** An ACK that matches no INVITE transaction awaiting an ACK for a non-2xx: the ACK of a 2xx. */
  onAck(ack: SipRequest, received: Received): void;
  /** A CANCEL matched `invite`, which is unanswered: the layer has answered 200 to the CANCEL and 487 to the INVITE. */
  onCancel(invite: ServerTransaction, cancel: SipRequest, received: Received): void;
}

/** Where a request goes: the flow if it is open, else the target. */
export interface NextHop {
  target: Target;
  flow?: Flow | undefined;
  /** Further targets of the same URI, for when this one fails (RFC 3263 section 4.3). */
  alternatives?: readonly Target[] | undefined;
}

/** The transaction layer as the dialog layer and the drachtio side use it. */
export interface TransactionLayer {
  /**
   * Sends a request in a new client transaction. The caller has set every header but Via, Content-Length, Max-Forwards when absent; the
   * layer puts the top Via (new branch, rport on UDP) and sends asynchronously, so that no callback runs before `request` returns.
   */
  request(request: SipRequest, nextHop: NextHop, user: ClientTransactionUser): ClientTransaction;
  /** Goes on with a transaction of an earlier process; one without an answer sends its request again, byte for byte. */
  resume(kept: KeptClient, nextHop: NextHop, user: ClientTransactionUser): ClientTransaction;
  /** Goes on with a server transaction of an earlier process; nothing of it is reported again. */
  resumeServer(kept: KeptServer, request: SipRequest, received: Received): ServerTransaction;
  /** Sends an ACK for a 2xx (a transaction of its own without a response), with a new top Via. Send the result again with `resend`. */
  sendAck(ack: SipRequest, nextHop: NextHop): { request: SipRequest; bytes: number; flow: Flow | undefined };
  /** Puts an ACK that was sent before on the wire again, byte for byte. */
  resend(ack: { request: SipRequest; flow: Flow | undefined }, nextHop: NextHop): void;
  /** Answers a request that gets no transaction (RFC 3261 section 8.2.7), such as a malformed one. */
  respondStateless(received: Received, response: SipResponse): void;
}

/** Thrown by `ServerTransaction.respond` when nothing can be sent any more. */
export class TransactionGone extends Error {
  override readonly name = 'TransactionGone';
}
