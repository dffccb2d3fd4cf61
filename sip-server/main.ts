import { collectDefaultMetrics } from 'prom-client';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { bracketed } from './message/host-port';
import { command } from './command';
import { createControlApi } from './control/control-api';
import { ControlPort } from './control/control-port';
import { controlToken } from './control/control-token';
import { limitsOf } from './limit-options';
import { QuietCollection } from './memory/quiet-collection';
import { parseControl, settingsOf } from './options';
import { SipServer } from './server';
import { Trace } from './trace/trace';

async function main(): Promise<void> {
  const options = command.parse().opts();
  const log = pino({ name: 'sip-server', level: options.logLevel }, pino.destination({ dest: 2, sync: true }));
  const settings = { ...settingsOf(options, process.env), ...limitsOf(options) };
  const server = new SipServer(settings, log);
  if (options.trace !== undefined) server.observe(new Trace(options.trace === 'full', (text) => console.log(text)));
  // The fault of one call must not end all others.
  process.on('uncaughtException', (error) => log.fatal({ err: error }, 'uncaught exception'));
  if (server.settings.store === undefined) log.warn('no store: dialogs, inbox and effects end with this process');
  await server.start();
  new QuietCollection().start();
  const control = await openControl(options, server, log);
  const stop = (): void => void Promise.all([server.stop(), control?.close()]).then(() => process.exit(0));
  server.operations.drain.onEmpty = () => {
    log.warn('drained: the last dialog is over');
    stop();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
  process.on('SIGHUP', () => server.reloadTls());
  // Standard input ends with the process that holds the other end, however that one dies.
  if (process.env['EXIT_WITH_PARENT'] === '1') process.stdin.once('end', stop).once('error', stop).resume();
  const sip = server.listeners.map(({ protocol, address, port }) => `${protocol}:${bracketed(address)}:${port}`);
  const operators = control === undefined ? '' : `, control port ${control.description}`;
  console.log(`sip-server listening on ${sip.join(',')}, applications on ${server.admin.address}${operators}`);
}

/** @returns undefined with `--control off` */
async function openControl(
  options: { control: string; controlTokenFile?: string | undefined },
  server: SipServer,
  log: Logger
): Promise<{ description: string; close(): Promise<void> } | undefined> {
  const address = parseControl(options.control);
  if (address === undefined) return undefined;
  const { token, file, forget } = controlToken(options.controlTokenFile, process.env);
  const { operations, metrics } = server;
  collectDefaultMetrics({ register: metrics.registry });
  const api = createControlApi({ operations, metrics: metrics.registry, token, log });
  const port = await ControlPort.open(api, address);
  const description = `http://${port.address} (token in ${file ?? 'SIP_CONTROL_TOKEN'})`;
  return { description, close: () => port.close().finally(forget) };
}

main().catch((error: unknown) => {
  console.error(`sip-server: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
