import { isGrpcServiceError } from '@temporalio/client';
import { ConfigError } from '../../config/config';
import type { Fault } from '../../contracts/failures';
import { InvalidActivity, InvalidPageToken, TemporalUnavailable } from '../errors';

export const EXIT = { ok: 0, refused: 1, usage: 2, temporalUnreachable: 3 } as const;

/** The command line asks for something that cannot be meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A command that has said all there is to say, and ends with this code. */
export class Exit extends Error {
  override readonly name = 'Exit';

  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** What a user is told of an error. */
export interface ErrorReport {
  name: string;
  message: string;
  /** Each fault of an input with its path. */
  faults?: readonly Fault[];
}

export function exitCodeOf(err: unknown): number {
  if (err instanceof Exit) return err.code;
  if (err instanceof UsageError || err instanceof InvalidPageToken) return EXIT.usage;
  return err instanceof TemporalUnavailable ? EXIT.temporalUnreachable : EXIT.refused;
}

export function errorReport(err: unknown): ErrorReport {
  if (!(err instanceof Error)) return { name: 'Error', message: String(err) };
  const { name } = err;
  if (err instanceof InvalidActivity) return { name, message: err.message, faults: err.faults };
  if (err instanceof ConfigError) return { name, message: err.message };
  if (err instanceof TemporalUnavailable)
    return { name, message: `${err.message} (check TEMPORAL_ADDRESS, or run: npm run -s cli -- doctor)` };
  return { name, message: grpcDetails(err) ?? err.message };
}

/** The Temporal client wraps the server's own words. */
function grpcDetails(err: Error): string | undefined {
  if (isGrpcServiceError(err)) return `Temporal refused: ${err.details}`;
  return err.cause instanceof Error ? grpcDetails(err.cause) : undefined;
}
