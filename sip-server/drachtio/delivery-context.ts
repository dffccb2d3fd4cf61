import type { Logger } from 'pino';
import type { Answering } from '../dialog/answering';
import type { Inbox } from './inbox';
import type { Notices } from './notices';
import type { Ownership } from './ownership';
import type { Recipients } from './recipients';

/** All in milliseconds. */
export interface DeliverySettings {
  /** An in-dialog request without an answer of a client is answered by the server. */
  answerAfterMs: number;
  /** A new request that no client wants waits for one to connect. */
  routeWaitMs: number;
  /** A new request whose client is gone waits for another. */
  ownerGraceMs: number;
  /** A new INVITE that a client holds without any response. */
  unansweredMs: number;
  /** A request that the server answered is kept for a client to hear of. */
  keepUndeliveredMs: number;
  /** How many requests may wait for a client or its answer. */
  maxWaiting: number;
}

export interface DeliveryContext {
  recipients: Recipients;
  inbox: Inbox;
  ownership: Ownership;
  answering: Answering;
  notices: Notices;
  settings: DeliverySettings;
  log: Logger;
}
