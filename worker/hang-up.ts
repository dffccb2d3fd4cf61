/**
 * Imported before everything else: without a listener SIGHUP ends a process, and a reload may be asked for while the worker still loads. One
 * that comes before the configuration is read needs nothing more; `runProcess` listens for later ones.
 */
process.on('SIGHUP', () => undefined);
