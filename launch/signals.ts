/**
 * Runs `stop` once at the first SIGINT, SIGTERM or SIGHUP. Further ones wait for the same stop, which is bounded; npm and the terminal
 * often deliver the same Ctrl-C twice.
 */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void): void {
  let isStopping = false;
  // A terminal or pipe that is gone must not keep us from stopping in order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (isStopping) return;
      isStopping = true;
      stop(signal);
    });
}
