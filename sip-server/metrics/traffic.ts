import { parseCSeq } from '../message/cseq';
import type { SipMessage } from '../message/message';
import { isDefinedMethod } from '../message/methods';
import type { Flow, Received } from '../transport/types';
import type { TrafficObserver } from '../transport/observe';
import { Tally } from './tally';

/** Counts the messages on the wire. Entries are label values joined by spaces. */
export class Traffic implements TrafficObserver {
  /** Direction, transport, method. */
  readonly requests = new Tally();
  /** Direction, transport, method, class such as `2xx`. */
  readonly responses = new Tally();
  /** Direction, transport. */
  readonly bytes = new Tally();
  /** Transport. */
  readonly malformed = new Tally();

  onReceived({ message, bytes, flow }: Received): void {
    this.count('in', message, bytes, flow);
  }

  onSent(message: SipMessage, bytes: Buffer, flow: Flow): void {
    this.count('out', message, bytes.length, flow);
  }

  onMalformed(_problem: unknown, { protocol }: Flow): void {
    this.malformed.add(protocol);
  }

  private count(direction: 'in' | 'out', message: SipMessage, bytes: number, { protocol }: Flow): void {
    const way = `${direction} ${protocol}`;
    this.bytes.add(way, bytes);
    if (message.kind === 'request') this.requests.add(`${way} ${methodLabel(message.method)}`);
    else {
      const method = methodLabel(parseCSeq(message.headers.get('CSeq') ?? '')?.method ?? '');
      this.responses.add(`${way} ${method} ${Math.floor(message.status / 100)}xx`);
    }
  }
}

/** Peers could fill the memory with methods of their own. */
function methodLabel(method: string): string {
  return isDefinedMethod(method) ? method : 'other';
}
