import type { Logger } from 'pino';
import type { SipRequest } from '../message/message';
import type { ServerTransaction } from '../transaction/types';
import type { Received } from '../transport/types';
import type { Dialog } from './dialog';
import type { Dialogs } from './dialogs';
import type { Sessions } from './sessions';

/** Those who answer requests: each `on...Request` is followed by one final `UserAgentServer.answer`. */
export interface Application {
  /**
   * A request outside of any dialog; of an INVITE with the dialog that it would make. Or a NOTIFY with a To tag: a notifier may open a dialog
   * of its own for a subscription (RFC 6665 section 4.1.2.4), and the application knows its tags.
   */
  onInitialRequest(transaction: ServerTransaction, dialog: Dialog | undefined): void;
  onInDialogRequest(transaction: ServerTransaction, dialog: Dialog): void;
  /** The first ACK of a 2xx. `transactionId` is that of the INVITE when it made the dialog, else a new one. */
  onAck(dialog: Dialog, ack: SipRequest, received: Received, transactionId: string): void;
  /** A peer gave up an INVITE, which is answered already. */
  onCancelled(transaction: ServerTransaction, cancel: SipRequest, received: Received): void;
  /** A request that was handed over has got its final response in another way. */
  onWithdrawn(transaction: ServerTransaction): void;
}

/** What the server side of the dialog layer works with. */
export interface ServerContext {
  dialogs: Dialogs;
  sessions: Sessions;
  application: Application;
  probes: { heard(dialog: Dialog): void };
  /** True while no new calls are taken. */
  refusesCalls(): boolean;
  log: Logger;
}
