import type { Socket } from 'node:net';

/**
 * Ends a connection whose other side says nothing for `limitMs` after it was asked something: its machine, or the network between, may be gone
 * without a word.
 */
export function endWhenSilent(socket: Socket, limitMs: number): void {
  let hasHeard = false;
  let written = socket.bytesWritten;
  let askedAt: number | undefined;
  const look = (): void => {
    if (hasHeard) {
      [hasHeard, written, askedAt] = [false, socket.bytesWritten, undefined];
      return;
    }
    if (socket.bytesWritten > written) askedAt ??= performance.now();
    if (askedAt !== undefined && performance.now() - askedAt > limitMs)
      socket.destroy(new Error(`no answer for ${limitMs} ms`));
  };
  // When this process itself was held up, what has come is read only after the timers.
  const looking = setInterval(() => setImmediate(look), limitMs / 5).unref();
  socket.on('data', () => (hasHeard = true));
  socket.once('close', () => clearInterval(looking));
}
