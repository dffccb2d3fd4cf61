import type { SipMessage } from '../message/message';
import type { MalformedMessage } from '../message/parse';
import type { TransportLayer } from './transport-layer';
import type { Flow, Received } from './types';

/** Sees every message on the wire and changes none. */
export interface TrafficObserver {
  onReceived(received: Received): void;
  onSent(message: SipMessage, bytes: Buffer, flow: Flow): void;
  onMalformed(problem: MalformedMessage, flow: Flow): void;
}

/** Lets an observer see what the transport hands up and puts out, before those who see it already. */
export function observe(transport: TransportLayer, observer: TrafficObserver): void {
  const { onReceived, onSent, onMalformed } = transport;
  transport.onReceived = (received) => {
    observer.onReceived(received);
    onReceived(received);
  };
  transport.onSent = (message, bytes, flow) => {
    observer.onSent(message, bytes, flow);
    onSent(message, bytes, flow);
  };
  transport.onMalformed = (problem, flow) => {
    observer.onMalformed(problem, flow);
    onMalformed(problem, flow);
  };
}
