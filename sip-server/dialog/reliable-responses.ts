import { randomInt } from 'node:crypto';
import { parseCSeq } from '../message/cseq';
import type { SipResponse } from '../message/message';
import { requireReliable } from '../message/reliability';
import type { RAck } from '../message/reliability';
import type { ServerTransaction } from '../transaction/types';
import type { RetransmissionTimers } from './accepted-invite';
import { sdpOf } from './session-description';
import { after } from './timer';

interface Unacknowledged {
  readonly rseq: number;
  readonly hasSdp: boolean;
  readonly isByServer: boolean;
  repeat: NodeJS.Timeout;
  readonly deadline: NodeJS.Timeout;
}

/** RFC 3262 section 3: the first RSeq is at most 2^31 - 1. */
const highestFirstRseq = 2 ** 31 - 1;

/** The reliable provisional responses to one INVITE of a peer (RFC 3262 section 3): one at a time, each repeated until its PRACK. */
export class ReliableResponses {
  /** A response with a description was acknowledged, so that the offer of the INVITE, or in the response, is answered. */
  hasSettledOffer = false;
  /** Some response was acknowledged, so that the peer knows of the dialog. */
  hasMadeDialog = false;
  private lastRseq = randomInt(1, highestFirstRseq);
  private unacknowledged: Unacknowledged | undefined;
  private readonly waiting: (() => void)[] = [];

  constructor(
    readonly transaction: ServerTransaction,
    private readonly timers: RetransmissionTimers,
    /** No PRACK came within 64*T1. */
    private readonly onNoPrack: () => void
  ) {}

  /** Runs `send` when a reliable 1xx or a 2xx may go: now, or after the PRACK that is awaited, or when that stays away. */
  whenFree(isFinal: boolean, send: () => void): void {
    const isHeld = isFinal ? this.unacknowledged?.hasSdp === true : this.unacknowledged !== undefined;
    if (isHeld || this.waiting.length > 0) this.waiting.push(send);
    else send();
  }

  /** @param isByServer the application did not ask for it, so that it shall not see the PRACK either */
  send(response: SipResponse, isByServer: boolean): void {
    const rseq = ++this.lastRseq;
    requireReliable(response.headers);
    response.headers.set('RSeq', String(rseq));
    this.transaction.respond(response);
    const { t1 } = this.timers;
    this.stopRepeating();
    this.unacknowledged = {
      rseq,
      isByServer,
      hasSdp: sdpOf(response) !== undefined,
      repeat: after(t1, () => this.repeat(response, t1)),
      deadline: after(64 * t1, () => this.onNoPrack()),
    };
  }

  /** Takes a PRACK. @returns undefined when it acknowledges nothing that is awaited; else `release` is to be called once it was handed on */
  acknowledge({ rseq, cseq, method }: RAck): { isByServer: boolean; release(): void } | undefined {
    const awaited = this.unacknowledged;
    const ours = parseCSeq(this.transaction.request.headers.get('CSeq') ?? '');
    if (awaited?.rseq !== rseq || ours?.number !== cseq || ours.method !== method) return undefined;
    this.stopRepeating();
    this.hasMadeDialog = true;
    this.hasSettledOffer ||= awaited.hasSdp;
    this.unacknowledged = undefined;
    return { isByServer: awaited.isByServer, release: () => this.sendWaiting() };
  }

  /** The INVITE has its final response: what waits is refused by that. A PRACK may still come. */
  stop(): void {
    this.stopRepeating();
    for (const send of this.waiting.splice(0)) send();
  }

  private sendWaiting(): void {
    while (this.unacknowledged === undefined) {
      const send = this.waiting.shift();
      if (send === undefined) return;
      send();
    }
  }

  private stopRepeating(): void {
    clearTimeout(this.unacknowledged?.repeat);
    clearTimeout(this.unacknowledged?.deadline);
  }

  private repeat(response: SipResponse, lastDelayMs: number): void {
    this.transaction.putAgain(response);
    const delayMs = 2 * lastDelayMs;
    if (this.unacknowledged === undefined) return;
    this.unacknowledged.repeat = after(delayMs, () => this.repeat(response, delayMs));
  }
}
