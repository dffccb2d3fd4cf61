import type { SipPort } from './port';

/** The wire of a node that is lost for good: no dialog is known and no INVITE waits, so that every activity comes to its end at once. */
export const lostNodePort: SipPort & { readonly isConnected: false } = {
  isConnected: false,
  keepsEffects: true,
  host: '127.0.0.1',
  address: '127.0.0.1:5060',
  send: () => Promise.resolve({ kind: 'no-dialog' }),
  isWaiting: () => Promise.resolve(false),
  relayProgress: () => undefined,
  cancelEffect: () => Promise.resolve(false),
};
