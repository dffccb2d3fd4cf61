import type { Delivery } from './delivery';
import type { DeliveryContext } from './delivery-context';

/** Shortly before the peer's timer F gives a new request up (RFC 3261 section 17.1.2.2). */
const nonInviteAnswerMs = 30_000;

const newsMethods = new Set(['BYE', 'NOTIFY', 'INFO', 'MESSAGE', 'OPTIONS']);

/** How long a client that has a new request may take to its first answer, in milliseconds. */
export function firstAnswerMs(method: string, { unansweredMs }: DeliveryContext['settings']): number {
  return method === 'INVITE' ? unansweredMs : nonInviteAnswerMs;
}

/** True for a request that is only news: the server answers 200 when no client does, and keeps the news. */
export function isNews({ method }: Delivery): boolean {
  return newsMethods.has(method);
}

/** True for a PRACK without a description: it has done its work by having come. */
export function isDoneByComing({ method, transaction }: Delivery): boolean {
  return method === 'PRACK' && transaction.request.body.length === 0;
}
