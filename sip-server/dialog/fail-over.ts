import type { Logger } from 'pino';
import type { SipRequest } from '../message/message';
import type { ClientTransaction, ClientTransactionUser, NextHop, TransactionLayer } from '../transaction/types';
import type { Listener, Target } from '../transport/types';
import { needsSips, reachableContact } from './contact';

interface FailOverContext {
  transactions: TransactionLayer;
  chooseListener(target: Target): Listener | undefined;
  nextHops: { noteFailure(target: Target): void };
  log: Logger;
}

export interface FailOverUser extends ClientTransactionUser {
  /** The request went to its next target in a transaction that takes the place of the one before. */
  onNext(transaction: ClientTransaction): void;
  /** False once the request was cancelled. */
  mayGoOn(): boolean;
}

/**
 * Sends a request to its target, and to the next one as long as it cannot be sent, nothing at all is answered, or 503 comes before any
 * other response but 100 (RFC 3263 section 4.3). Only the outcome of the last one is reported.
 * @returns the first transaction
 */
export function sendWithFailOver(
  context: FailOverContext,
  request: SipRequest,
  hop: NextHop,
  user: FailOverUser
): ClientTransaction {
  const [next, ...rest] = hop.alternatives ?? [];
  let isProgressing = false;
  const goOn = (reason: string): boolean => {
    context.nextHops.noteFailure(hop.target);
    if (next === undefined || !user.mayGoOn()) return false;
    const callId = request.headers.get('Call-ID');
    context.log.warn(
      { callId, method: request.method, target: hop.target, reason, next },
      'request goes to the next target'
    );
    const following = { target: next, alternatives: rest };
    user.onNext(sendWithFailOver(context, movedTo(request, context.chooseListener(next)), following, user));
    return true;
  };
  const transaction = context.transactions.request(request, hop, {
    onProvisional: (response, received) => {
      isProgressing = true;
      user.onProvisional(response, received);
    },
    onFinal: (response, received) => {
      const isRefused = response.status === 503 && !isProgressing && next !== undefined;
      if (!isRefused || !goOn('503')) user.onFinal(response, received);
    },
    onFurther2xx: (response, received) => user.onFurther2xx(response, received),
    onTimeout: () => {
      if (transaction.isHeard || !goOn('no answer')) user.onTimeout();
    },
    onTransportError: (reason) => {
      if (!goOn(reason)) user.onTransportError(reason);
    },
  });
  return transaction;
}

/** The Contact leads to where the request leaves from now. */
function movedTo(request: SipRequest, listener: Listener | undefined): SipRequest {
  const contact = request.headers.get('Contact');
  if (listener === undefined || contact === undefined || request.method === 'REGISTER') return request;
  const headers = request.headers.clone();
  headers.set('Contact', reachableContact(contact, listener, needsSips(request)));
  return { ...request, headers };
}
