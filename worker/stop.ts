import type { Log } from '../activities/log';

/** Ends the process when it has not ended by itself in time: whatever it still does, another worker does as well. */
export function leaveWithin(ms: number, log: Pick<Log, 'error'>): void {
  setTimeout(() => {
    log.error({ withinMs: ms }, 'the worker did not stop in time, and is ended');
    process.exit(1);
  }, ms).unref();
}

/** Resolves on SIGINT, SIGTERM, or when the parent is gone and `EXIT_WITH_PARENT` is set. A second signal ends the process at once. */
export async function untilToldToStop(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve();
        process.once(signal, () => process.exit(130));
      });
    }
    if (process.env['EXIT_WITH_PARENT'] !== '1') return;
    process.stdin.once('end', resolve).once('error', resolve).resume();
  });
}
