/** A timer that does not keep the process alive. */
export function after(delayMs: number, run: () => void): NodeJS.Timeout {
  return setTimeout(run, delayMs).unref();
}
