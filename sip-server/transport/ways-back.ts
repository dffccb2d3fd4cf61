import { isStream } from './protocol';
import { NoListener } from './transport-layer';
import type { TransportLayer } from './transport-layer';
import type { Flow, Listener, Target } from './types';

/** A listener by its address; the process that reads the row may have another one in its place. */
export type ListenerRow = Pick<Listener, 'protocol' | 'address' | 'port' | 'isForLocals'>;

/** A flow by its two ends. */
export interface FlowRow {
  listener: ListenerRow;
  remote: Flow['remote'];
}

export function rowOfListener({ protocol, address, port, isForLocals }: Listener): ListenerRow {
  return { protocol, address, port, ...(isForLocals === true && { isForLocals }) };
}

export function rowOfFlow({ listener, remote: { address, port } }: Flow): FlowRow {
  return { listener: rowOfListener(listener), remote: { address, port } };
}

/** The ways back to peers of whom an earlier process left the addresses. */
export class WaysBack {
  constructor(private readonly transport: TransportLayer) {}

  /** The listener at that address; another one of its protocol when it is gone. */
  listenerOf({ protocol, address, port, isForLocals }: ListenerRow): Listener {
    const alike = this.transport.listeners.filter((listener) => listener.protocol === protocol);
    const same = alike.find((listener) => listener.address === address && listener.port === port);
    const found = same ?? alike[0] ?? this.transport.listeners[0];
    if (found === undefined) throw new NoListener('there is no listener');
    return isForLocals === true ? (found.local?.listener ?? found) : found;
  }

  /** The connection itself, while it is open. */
  connectionOf(target: Target): Flow | undefined {
    return this.transport.connectionOf(target);
  }

  /** A connection ended with the process that had it: sending on it fails, and the response goes the way that its Via names. */
  flowOf({ listener: row, remote }: FlowRow): Flow {
    const listener = this.listenerOf(row);
    const { protocol } = listener;
    if (!isStream(protocol)) return this.transport.flowTo({ protocol, ...remote });
    const lost = 'the connection ended with an earlier process';
    return { protocol, listener, remote, isOpen: false, write: (_bytes, fail) => void setImmediate(() => fail(lost)) };
  }
}
