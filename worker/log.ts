import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { LogLevel } from '@temporalio/worker';
import pino from 'pino';

/** One JSON line per entry on standard output. */
export const log = pino({
  level: process.env['LOG_LEVEL'] ?? 'info',
  base: { process: 'worker', pid: process.pid },
  redact: ['secret', 'token', 'authorization', '*.secret', '*.token', '*.authorization'],
});

const PINO_LEVEL: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/**
 * Puts the log of the Temporal SDK and of workflows into the same stream.
 * @param metrics where Prometheus finds its metrics and ours; absent: nowhere
 */
export function installRuntime(metrics?: { listen: string }): void {
  Runtime.install({
    ...(metrics ? { telemetryOptions: { metrics: { prometheus: { bindAddress: metrics.listen } } } } : {}),
    logger: new DefaultLogger('INFO', ({ level, message, meta = {} }) => log[PINO_LEVEL[level]](meta, message)),
    shutdownSignals: [],
  });
}
