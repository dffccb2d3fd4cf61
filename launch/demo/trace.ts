import type { SipMessage } from './sip-message';

export type PeerName = 'caller' | 'bot' | 'busy' | 'agent';

/** One SIP message as a peer sent or received it. */
export interface TracedMessage {
  /** Ms since the epoch. */
  at: number;
  peer: PeerName;
  direction: 'in' | 'out';
  /** Sent or received before, byte for byte: a retransmission. */
  isRepeat: boolean;
  message: SipMessage;
}

/** An event that the bot's webhook received. */
export interface TracedBotEvent {
  /** Ms since the epoch. */
  at: number;
  /** The call id. */
  conversation: string;
  event: { id: string; name: string; value?: Record<string, unknown> };
}

/** What the bot asked for over HTTP, and the answer's status; 0 when there was none. */
export interface TracedBotRequest {
  at: number;
  conversation: string;
  activity: { id: string; name: string };
  status: number;
}

export type TraceEntry =
  ({ kind: 'sip' } & TracedMessage) | ({ kind: 'event' } & TracedBotEvent) | ({ kind: 'request' } & TracedBotRequest);

/** Enough for any one call; a peer that runs for days keeps no more. */
const KEPT_ENTRIES = 2_000;

/** What all peers saw, in order of time. */
export class Trace {
  readonly entries: TraceEntry[] = [];
  private readonly listeners = new Set<(entry: TraceEntry) => void>();

  add(entry: TraceEntry): void {
    if (this.entries.push(entry) > KEPT_ENTRIES) this.entries.shift();
    for (const listener of this.listeners) listener(entry);
  }

  /** @returns a function that ends the subscription */
  onEntry(listener: (entry: TraceEntry) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
