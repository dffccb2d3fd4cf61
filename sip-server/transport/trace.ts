import type { SipMessage } from '../message/message';
import type { TransportLayer } from './transport-layer';
import type { Flow } from './types';

export type Report = (direction: 'in' | 'out', message: SipMessage, flow: Flow) => void;

/** Calls `report` for every SIP message in and out, from before it is handled. */
export function traceTransport(transport: TransportLayer, report: Report): void {
  const receive = transport.onReceived;
  transport.onReceived = (received) => {
    report('in', received.message, received.flow);
    receive(received);
  };
  transport.onSent = (message, _bytes, flow) => report('out', message, flow);
}
