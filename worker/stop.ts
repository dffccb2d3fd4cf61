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
