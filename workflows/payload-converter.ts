import type { PayloadConverter } from '@temporalio/common';
import { defaultPayloadConverter, ValueError } from '@temporalio/common';

/** Why each of the values that stand for an unreadable payload is none. */
const reasons = new WeakMap<object, string>();

/**
 * Temporal's own, but a payload that cannot be read throws when it is used, not when it comes: a signal that anybody can send by hand would
 * else fail the workflow task with it for ever, and the call with that.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value, context, hint) => defaultPayloadConverter.toPayload(value, context, hint),
  fromPayload<T>(...[payload, context, hint]: Parameters<typeof defaultPayloadConverter.fromPayload<T>>): T {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload, context, hint);
    } catch (err) {
      return unreadable(err) as T;
    }
  },
};

/** @returns why a value that came in a payload could not be read; undefined for one that was */
export function whyUnreadable(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null ? reasons.get(value) : undefined;
}

function unreadable(err: unknown): object {
  const fail = (): never => {
    throw err;
  };
  const traps = { get: fail, has: fail, ownKeys: fail, getOwnPropertyDescriptor: fail, getPrototypeOf: fail };
  const value = new Proxy({}, traps);
  reasons.set(value, err instanceof ValueError ? err.message : 'it is not JSON');
  return value;
}
