import { now } from '../clock';
import type { SipHeaders } from '../message/headers';
import type { SipMessage, SipRequest } from '../message/message';
import { parseCSeq } from '../message/cseq';
import { tagOf } from '../message/name-addr';
import type { ServerTransaction } from '../transaction/types';
import { isStream } from '../transport/protocol';
import type { Flow, Listener, Target } from '../transport/types';
import type { AcceptedInvite } from './accepted-invite';
import type { DialogStart } from './dialog-start';
import { initialCseq } from './initial-cseq';
import { natTargetOf } from './nat';
import { recordRoutes, remoteTargetOf } from './route-set';
import type { EarlyBranch } from './early-branch';
import type { ReliableResponses } from './reliable-responses';
import type { SentAck, SentInvite } from './sent-invite';
import type { SentRequest } from './sent-request';
import { sdpOf } from './session-description';
import { SessionTimer } from './session-timer';

/** The client connection that a dialog or transaction belongs to; it may be gone by now. */
export interface Owner {
  readonly connectionId: string;
  readonly tags: readonly string[];
}

/** `early` until the 2xx to its INVITE, `ended` from BYE on, kept for late requests. */
export type DialogState = 'early' | 'confirmed' | 'ended';

/** `<Call-ID>;from-tag=<tag>`, the tag being that of the INVITE's sender. */
export function dialogIdOf(invite: SipRequest): string {
  const callId = invite.headers.get('Call-ID') ?? '';
  return `${callId};from-tag=${tagOf(invite.headers.get('From') ?? '') ?? ''}`;
}

/** One dialog (RFC 3261 section 12): what its next request in either direction needs. */
export class Dialog {
  readonly role: 'uac' | 'uas';
  readonly callId: string;
  /** When the INVITE came or went, in milliseconds since the epoch. */
  startedAt = now();
  state: DialogState = 'early';
  /** Our From or To value, with our tag once that is chosen. */
  localParty: string;
  /** The peer's From or To value; without a tag until the peer's first 2xx. */
  remoteParty: string;
  remoteTarget: string;
  localCseq: number;
  /** Highest CSeq number of the peer's requests; undefined before the first. */
  remoteCseq: number | undefined;
  /** In the order of the Route headers of our requests. */
  routeSet: readonly string[] = [];
  /** Contact of our INVITE or 2xx, repeated in later requests. */
  localContact: string | undefined;
  listener: Listener;
  /** The connection that the dialog lives on. Never a UDP flow, since there the route set and target lead the way. */
  flow: Flow | undefined;
  /** The source of the peer's messages when route set and target do not lead there. */
  natTarget: Target | undefined;
  /** TLS: the host that the peer's certificate was checked for, which it need not show in its Contact. */
  peerDomain: string | undefined;
  owner: Owner | undefined;
  /** The last INVITE of ours in this dialog; unknown again after it was acknowledged and the dialog was idle. */
  latestInvite: SentInvite | undefined;
  /** The ACK for it. */
  lastAck: SentAck | undefined;
  /** Before the 2xx to our INVITE: the branch that our requests go to. */
  branch: EarlyBranch | undefined;
  /** Before the 2xx: the offer of the INVITE, or of a reliable response to it, has its answer. */
  hasEarlyAnswer = false;
  /** The peer's INVITE that has no final response yet. */
  peerInvite: ServerTransaction | undefined;
  /** Our reliable provisional responses to the peer's last INVITE that has some. */
  reliable: ReliableResponses | undefined;
  /** The peer's last UPDATE. */
  peerUpdate: ServerTransaction | undefined;
  /** The description that we last gave the peer, and the peer's; undefined before there is one. */
  localSdp: Buffer | undefined;
  remoteSdp: Buffer | undefined;
  /** The peer's Allow lists UPDATE (RFC 3311 section 5.1). */
  peerTakesUpdate = false;
  readonly session = new SessionTimer();
  /** Our 2xx responses that wait for their ACK, by CSeq number of the INVITE. */
  readonly accepted = new Map<number, AcceptedInvite>();
  /** Requests of ours without a final response. */
  readonly open = new Set<SentRequest>();
  /** Effect ids of requests in this dialog, the INVITE's included. */
  readonly effectIds: string[] = [];
  /** Requests and notices that a client still has to hear of; an ended dialog stays so long. */
  undelivered = 0;
  /** When an ended dialog takes no late NOTIFY any more, in milliseconds since the epoch. */
  forgetAt: number | undefined;
  /** Requests wait for each other while a name is resolved, so that CSeq numbers leave in order. */
  resolving: Promise<void> | undefined;

  private constructor(
    readonly id: string,
    start: DialogStart,
    localCseq: number
  ) {
    this.role = start.role;
    this.callId = start.callId;
    this.localParty = start.localParty;
    this.remoteParty = start.remoteParty;
    this.remoteTarget = start.remoteTarget;
    this.listener = start.listener;
    this.flow = start.flow;
    this.localCseq = localCseq;
  }

  /** A dialog as it was stored. */
  static restored(id: string, start: DialogStart, localCseq: number): Dialog {
    return new Dialog(id, start, localCseq);
  }

  /** The dialog that a peer's INVITE will make. */
  static ofPeer(transaction: ServerTransaction): Dialog {
    const { request, received } = transaction;
    const from = request.headers.get('From') ?? '';
    const start: DialogStart = {
      role: 'uas',
      callId: request.headers.get('Call-ID') ?? '',
      localParty: request.headers.get('To') ?? '',
      remoteParty: from,
      remoteTarget: remoteTargetOf(request.headers) ?? remoteTargetOf(request.headers, 'From') ?? request.uri,
      listener: received.flow.listener,
      flow: streamOnly(received.flow),
    };
    const dialog = new Dialog(dialogIdOf(request), start, initialCseq());
    dialog.remoteCseq = parseCSeq(request.headers.get('CSeq') ?? '')?.number;
    dialog.routeSet = recordRoutes(request.headers);
    dialog.peerInvite = transaction;
    dialog.remoteSdp = sdpOf(request);
    dialog.noteAllow(request.headers);
    return dialog;
  }

  /** The dialog that an INVITE of ours will make. */
  static ofOurs(invite: SipRequest, listener: Listener): Dialog {
    const start: DialogStart = {
      role: 'uac',
      callId: invite.headers.get('Call-ID') ?? '',
      localParty: invite.headers.get('From') ?? '',
      remoteParty: invite.headers.get('To') ?? '',
      remoteTarget: invite.uri,
      listener,
      flow: undefined,
    };
    const dialog = new Dialog(dialogIdOf(invite), start, parseCSeq(invite.headers.get('CSeq') ?? '')?.number ?? 0);
    dialog.localContact = invite.headers.get('Contact');
    dialog.localSdp = sdpOf(invite);
    return dialog;
  }

  get localTag(): string | undefined {
    return tagOf(this.localParty);
  }

  get remoteTag(): string | undefined {
    return tagOf(this.remoteParty);
  }

  /** True while an INVITE in either direction has no final response (RFC 3261 section 14.1). */
  get isInvitePending(): boolean {
    return this.peerInvite !== undefined || this.latestInvite?.state === 'pending';
  }

  /** True while an UPDATE of ours waits for the answer to its offer. */
  get isUpdatePending(): boolean {
    return [...this.open].some(({ method, request }) => method === 'UPDATE' && request.body.length > 0);
  }

  /** True when our requests may go: after the 2xx, or after a reliable response that the other side knows to have come. */
  get takesRequests(): boolean {
    if (this.state !== 'early') return this.state === 'confirmed';
    return this.role === 'uac' ? this.branch !== undefined : this.reliable?.hasMadeDialog === true;
  }

  /** True while a new offer of ours may not go (RFC 3261 section 14.1, RFC 3311 section 5.1). */
  isOfferPending(method: string): boolean {
    const isAnsweredEarly = this.hasEarlyAnswer || this.reliable?.hasSettledOffer === true;
    const mayGoEarly = method === 'UPDATE' && this.state === 'early' && isAnsweredEarly;
    return this.isUpdatePending || (this.isInvitePending && !mayGoEarly);
  }

  /** Turns to another branch of our INVITE: each is a dialog of its own until one has answered. */
  enterBranch(branch: EarlyBranch): void {
    if (this.branch === branch) return;
    const { remoteParty, remoteTarget, routeSet, localCseq } = this;
    if (this.branch !== undefined) Object.assign(this.branch, { remoteParty, remoteTarget, routeSet, localCseq });
    this.branch = branch;
    this.remoteParty = branch.remoteParty;
    this.remoteTarget = branch.remoteTarget;
    this.routeSet = branch.routeSet;
    this.localCseq = branch.localCseq;
  }

  /** True while an exchange is under way that a refresh would disturb, or the dialog is ending. */
  get isBusy(): boolean {
    const isAwaitingAck = this.latestInvite?.isAwaitingAck === true || this.accepted.size > 0;
    return isAwaitingAck || this.isInvitePending || this.isUpdatePending || this.isEnding;
  }

  /** True while a BYE of ours is on its way. */
  get isEnding(): boolean {
    return [...this.open].some(({ method }) => method === 'BYE');
  }

  /** When something is to happen in it next, in milliseconds since the epoch. */
  get dueAt(): number | undefined {
    return this.state === 'ended' ? this.forgetAt : this.session.dueAt;
  }

  /** True while all there is to know of it is in its row: nothing is under way. */
  get isIdle(): boolean {
    const isUpdating = this.peerUpdate?.isPending === true || this.session.isRefreshing || this.resolving !== undefined;
    return this.state !== 'early' && this.open.size === 0 && !isUpdating && (this.state === 'ended' || !this.isBusy);
  }

  /** Takes note of the methods that the peer takes, if it says so. */
  noteAllow(headers: SipHeaders): void {
    if (headers.has('Allow')) this.peerTakesUpdate = headers.values('Allow').includes('UPDATE');
  }

  /**
   * Target refresh (RFC 3261 section 12.2) by a request or 2xx of the peer: takes its Contact and, on a stream, the connection. A request
   * that came through proxies has them as its source and not a NAT.
   */
  refreshTarget({ headers }: SipMessage, flow: Flow): void {
    this.remoteTarget = remoteTargetOf(headers) ?? this.remoteTarget;
    this.flow = streamOnly(flow) ?? this.flow;
    this.peerDomain = flow.domain ?? this.peerDomain;
    this.natTarget = headers.values('Via').length > 1 ? undefined : natTargetOf(this, flow);
  }

  /** A peer that connected anew is answered on the connection of its last request. */
  followConnection(flow: Flow): void {
    const isSamePeer = this.flow?.isOpen === false || this.flow?.remote.address === flow.remote.address;
    if (isSamePeer) this.flow = streamOnly(flow) ?? this.flow;
  }
}

function streamOnly(flow: Flow): Flow | undefined {
  return isStream(flow.protocol) ? flow : undefined;
}
