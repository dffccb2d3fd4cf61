import { parseCSeq } from '../message/cseq';
import type { SipRequest } from '../message/message';
import type { Flow } from '../transport/types';
import type { NextHop } from '../transaction/types';
import type { Dialog } from './dialog';
import type { EarlyBranch } from './early-branch';
import type { SentRequest } from './sent-request';

/** An ACK as it went out, kept for a 2xx that comes again (RFC 3261 section 13.2.2.4). */
export interface SentAck {
  request: SipRequest;
  bytes: number;
  flow: Flow | undefined;
  nextHop: NextHop;
}

/** An INVITE of ours with its ACK. */
export class SentInvite {
  state: 'pending' | 'accepted' | 'failed' = 'pending';
  ack: SentAck | undefined;
  /** Why the server ends the dialog by itself once the 2xx is acknowledged; undefined when it stays. */
  endsAfterAck: string | undefined;

  /** The branches that answered reliably, by To tag in lower case. */
  readonly branches = new Map<string, EarlyBranch>();

  constructor(
    readonly sent: SentRequest,
    /** CSeq number, which the ACK repeats whatever was sent in between. */
    readonly cseq: number
  ) {}

  get isAwaitingAck(): boolean {
    return this.state === 'accepted' && this.ack === undefined;
  }
}

/** The INVITE is from now on the dialog's latest. */
export function beginInvite(sent: SentRequest, dialog: Dialog): void {
  const cseq = parseCSeq(sent.request.headers.get('CSeq') ?? '')?.number ?? 0;
  sent.invite = new SentInvite(sent, cseq);
  dialog.latestInvite = sent.invite;
  dialog.localContact = sent.request.headers.get('Contact') ?? dialog.localContact;
}
