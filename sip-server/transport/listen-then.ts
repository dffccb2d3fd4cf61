import type { ListenSpec } from './listen-spec';
import type { TransportLayer } from './transport-layer';
import type { Received } from './types';

/**
 * Binds all addresses, then runs `prepare`, which needs them. What arrives meanwhile is handed up afterwards.
 * @throws ListenError naming the first address that cannot be bound
 */
export async function listenThen(
  transport: TransportLayer,
  specs: readonly ListenSpec[],
  prepare: () => void
): Promise<void> {
  const receive = transport.onReceived;
  const early: Received[] = [];
  transport.onReceived = (received) => early.push(received);
  await transport.listen(specs);
  prepare();
  transport.onReceived = receive;
  for (const received of early) receive(received);
}
