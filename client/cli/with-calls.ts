import type { ConnectedCalls } from '../connect';
import type { Terminal } from './terminal';

/** Connects to Temporal for one command. */
export async function withCalls<T>(terminal: Terminal, act: (connected: ConnectedCalls) => Promise<T>): Promise<T> {
  const connected = await terminal.connect();
  try {
    return await act(connected);
  } finally {
    await connected.close();
  }
}
