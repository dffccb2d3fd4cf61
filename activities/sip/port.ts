import type { EffectId } from '../../contracts/ids';
import type { PeerUri } from './peer-uri';

/** A request that we send. `uri` for a new dialog or transaction, `dialogId` for one within a dialog. */
export interface OutgoingRequest {
  method: 'INVITE' | 'ACK' | 'REFER' | 'INFO' | 'OPTIONS' | 'NOTIFY' | 'BYE' | 'REGISTER';
  uri?: string;
  dialogId?: string;
  /** `sip:` URI that a request outside of dialogs goes to instead of its `uri`. */
  proxy?: string;
  headers?: Record<string, string>;
  body?: string;
  /** `id` of the trunk whose credentials answer a challenge; absent: a challenge is the answer. */
  trunk?: string | undefined;
  /** Makes a repeat safe on a SIP server that keeps a ledger; left away on one that does not. */
  effectId?: EffectId;
}

/** A response of the peer, or of the SIP server in its place (408, 503). */
export interface PeerResponse {
  kind: 'response';
  status: number;
  reason: string;
  body: string;
  toTag: string | undefined;
  cseq: number;
  header(name: string): string | undefined;
}

/** What waiting for a response leads to. `lost`: the connection to the SIP server is gone. `silent`: nothing came within the time given. */
export type Awaited = PeerResponse | { kind: 'lost' } | { kind: 'silent' };

/** A request that has left. */
export interface SentRequest {
  kind: 'sent';
  readonly cseq: number;
  /** Request-URI as sent. */
  readonly uri: string;
  /** The next response in order, none skipped. */
  next(withinMs: number): Promise<Awaited>;
  /** ACKs the 2xx of an INVITE. */
  acknowledge(): void;
  /** CANCELs an INVITE. */
  cancel(): void;
}

/**
 * `no-dialog`: the SIP server knows no such dialog. `not-sent`: nothing left, for the reason given. `unsaid`: the SIP server took the request
 * and fell silent, so that it may have left or not.
 */
export type Sending = SentRequest | { kind: 'no-dialog' } | { kind: 'not-sent'; reason: string } | { kind: 'unsaid' };

export interface Answer {
  status: number;
  reason?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Our tag, for the first response that can make a dialog. */
  toTag?: string;
}

/** A request that a peer sent us. */
export interface IncomingRequest {
  method: string;
  uri: string;
  /** `application`: the SIP server itself ended a dialog and says so. */
  source: 'network' | 'application';
  sourceAddress: string;
  transactionId: string;
  dialogId: string;
  sipCallId: string;
  /** User and host of the From URI, and its display name. */
  from: { user: string; host: string; displayName?: string };
  to: PeerUri;
  /** The request-URI; undefined for one that is neither `sip:` nor `tel:`. */
  target: PeerUri | undefined;
  /** Branch of the top Via. */
  branch: string;
  fromTag: string;
  toTag: string | undefined;
  cseq: number;
  body: string;
  header(name: string): string | undefined;
  /** Of an INVITE: called when the peer cancels it. The SIP server has answered for us. */
  onCancel(listener: () => void): void;
  /** @returns false when the SIP server refused it: the transaction is over */
  respond(answer: Answer): Promise<boolean>;
}

/** A caller's INVITE that some process holds. */
export interface HeldInvite {
  transactionId: string;
  sipCallId: string;
  remoteTag: string;
}

/** The wire, in words of ours. Nothing here throws; what can go wrong is a result. */
export interface SipPort {
  /** True on a SIP server that keeps a ledger of effects: only there may an effect in doubt be repeated. */
  readonly keepsEffects: boolean;
  /** Host that stands in our session descriptions. */
  readonly host: string;
  /** `host:port` of the SIP server's first listener, where peers can call us. */
  readonly address: string;
  send(request: OutgoingRequest): Promise<Sending>;
  /** True while the INVITE of this transaction waits for a final response, whichever process holds it. @throws NotSent while there is no SIP server */
  isWaiting(transaction: HeldInvite): Promise<boolean>;
  /** Sends a provisional response on a transaction that another process may hold. */
  relayProgress(transaction: HeldInvite, answer: Answer): void;
  /** Cancels the INVITE with this effect id, whoever sent it. @returns false when none is pending */
  cancelEffect(effectId: EffectId): Promise<boolean>;
}
