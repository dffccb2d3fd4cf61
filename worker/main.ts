import path from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { ConfigError, loadConfig } from '../config/config';
import { log } from './log';
import { runProcess } from './process';

/** Entry point of the worker process. */
async function main(): Promise<void> {
  const { config: file } = new Command('worker')
    .description(
      'Carries out calls: Temporal worker, SIP ingress and HTTP API in one process. Run as many as you like per SIP node.'
    )
    .requiredOption('--config <file>', 'configuration, see examples/durable-calls.yaml')
    .addHelpText(
      'after',
      '\nEnvironment: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the other settings of the Temporal CLI;\n' +
        'DRACHTIO_SECRET or DRACHTIO_SECRET_FILE: shared with the SIP server; LOG_LEVEL (default info);\n' +
        'DURABLE_CALLS_API_TOKEN: bearer token of the HTTP API; DURABLE_CALLS_TOKEN_<BOTID>: that of a bot, for its own calls.'
    )
    .parse()
    .opts();
  await runProcess(() => loadConfig(path.resolve(file), process.env));
}

main().then(
  () => process.exit(0),
  (err: unknown) => {
    log.fatal(err instanceof ConfigError ? err.message : { err }, 'the worker cannot run');
    process.exit(1);
  }
);
