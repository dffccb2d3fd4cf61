import { now } from '../clock';
import type { SipHeaders } from '../message/headers';
import type { SipRequest, SipResponse } from '../message/message';
import { parseNameAddr } from '../message/name-addr';
import { parseUri } from '../message/uri';
import { isStream } from '../transport/protocol';
import type { Flow } from '../transport/types';

interface Registered {
  flow: Flow;
  /** Milliseconds since the epoch. */
  until: number;
}

/**
 * The connections that peers behind a NAT registered or subscribed over, by `user@host` of their Contact: no other way leads to them.
 * Nothing else is kept of a registration.
 */
export class RegisteredFlows {
  private readonly flows = new Map<string, Registered>();

  /** Takes note of what an application answered; an expiry of 0 ends it. */
  note(request: SipRequest, response: SipResponse, flow: Flow): void {
    const isAccepted =
      (request.method === 'REGISTER' && response.status === 200) ||
      (request.method === 'SUBSCRIBE' && (response.status === 200 || response.status === 202));
    const key = keyOf(parseNameAddr(request.headers.values('Contact')[0] ?? '').uri);
    const expiresS = expiryOf(response.headers);
    if (!isAccepted || !isStream(flow.protocol) || key === undefined || expiresS === undefined) return;
    if (expiresS === 0) this.flows.delete(key);
    else this.flows.set(key, { flow, until: now() + expiresS * 1000 });
  }

  /** The open connection to whom a URI names. */
  find(uri: string): Flow | undefined {
    const registered = this.flows.get(keyOf(uri) ?? '');
    return registered !== undefined && isCurrent(registered) ? registered.flow : undefined;
  }

  /** Forgets what is over. */
  sweep(): void {
    for (const [key, registered] of this.flows) if (!isCurrent(registered)) this.flows.delete(key);
  }
}

function isCurrent({ flow, until }: Registered): boolean {
  return flow.isOpen && until > now();
}

function keyOf(text: string): string | undefined {
  const { user, host } = parseUri(text);
  return user === undefined || host === '' ? undefined : `${user}@${host.toLowerCase()}`;
}

/** In seconds: of the first Contact, else of the response. */
function expiryOf(headers: SipHeaders): number | undefined {
  const own = parseNameAddr(headers.values('Contact')[0] ?? '').params.get('expires');
  const text = own ?? headers.get('Expires') ?? '';
  return /^\d{1,10}$/.test(text.trim()) ? Number(text) : undefined;
}
