/** What the doctor found. `skipped`: could not be looked at, which is not a fault. */
export interface CheckResult {
  name: string;
  status: 'ok' | 'warning' | 'fault' | 'skipped';
  detail: string;
  /** What to do about it. */
  toDo?: string;
}

export const ok = (name: string, detail: string): CheckResult => ({ name, status: 'ok', detail });
export const skipped = (name: string, detail: string): CheckResult => ({ name, status: 'skipped', detail });
export const fault = (name: string, detail: string, toDo: string): CheckResult => ({
  name,
  status: 'fault',
  detail,
  toDo,
});
export const warning = (name: string, detail: string, toDo: string): CheckResult => ({
  name,
  status: 'warning',
  detail,
  toDo,
});

export function reasonOf(err: unknown): string {
  if (!(err instanceof Error)) return String(err);
  return err.cause instanceof Error ? `${err.message}: ${err.cause.message}` : err.message;
}
