const LIMIT_MS = 60_000;

/** Waits for something that has no message of its own; fails long after it should have come. */
export async function eventually(
  isSo: () => boolean | Promise<boolean>,
  what: string,
  withinMs = LIMIT_MS
): Promise<void> {
  for (const deadline = Date.now() + withinMs; !(await isSo());) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
