import type { Logger } from 'pino';
import type { SipRequest, SipResponse } from '../message/message';
import type { TransactionLayer } from '../transaction/types';
import type { Listener, Target } from '../transport/types';
import type { RetransmissionTimers } from './accepted-invite';
import type { Dialog, Owner } from './dialog';
import type { Dialogs } from './dialogs';
import type { KeptRequests } from './kept-requests';
import type { NextHops } from './next-hops';
import type { SentRequest, Trail } from './sent-request';

/** What happens to requests after they were sent. */
export interface ClientEvents {
  /** A response other than 100: from the peer, or made by ourselves when none came. The last one is final. */
  onResponse(sent: SentRequest, response: SipResponse, trail: Trail): void;
  /** The server ended a dialog by itself. */
  onServerBye(dialog: Dialog, bye: SentRequest): void;
}

/** What the client side of the dialog layer works with. */
export interface ClientContext {
  transactions: TransactionLayer;
  listeners(): readonly Listener[];
  chooseListener(target: Target): Listener | undefined;
  nextHops: NextHops;
  dialogs: Dialogs;
  kept: KeptRequests;
  timers: RetransmissionTimers;
  /** How long the 2xx to a cancelled INVITE waits for the application's ACK, in milliseconds. */
  ackGraceMs: number;
  /** The smallest session interval that a peer may ask for, in seconds. */
  minSessionExpiresS: number;
  events: ClientEvents;
  log: Logger;
}

/** Who sends a request and hears what became of it; exactly one of `onSent` and `onRefused` is called, once. */
export interface Sender {
  owner: Owner | undefined;
  effectId: string | undefined;
  /** A session refresh of our own. */
  isRefresh?: boolean;
  /** Called before any response is reported. */
  onSent(sent: SentRequest): void;
  /** Nothing was sent and nothing will be. */
  onRefused(reason: string): void;
  /** The final response, after it was reported to the client. */
  onFinal?(response: SipResponse, request: SipRequest): void;
}

/** Sends what no client hears of. */
export const nobody: Sender = {
  owner: undefined,
  effectId: undefined,
  onSent: () => undefined,
  onRefused: () => undefined,
};

/** What clients are told about a dialog that is not there (any more). */
export function unknownDialog(dialogId: string): string {
  return `unable to find dialog ${dialogId}`;
}
