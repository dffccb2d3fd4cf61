/** An error whose message tells the user what to do; shown without a stack. */
export class LaunchError extends Error {}

/** What to print for any error that reaches an entry point. */
export function errorText(error: unknown): string {
  if (error instanceof LaunchError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
