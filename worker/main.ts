import './hang-up';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { Config } from '../config/config';
import { ConfigError, loadConfig } from '../config/config';
import { isNodeName } from '../contracts/node';
import { log } from './log';
import { serveLostNode } from './lost-node';
import { runProcess } from './process';

/** Entry point of the worker process. */
async function main(): Promise<void> {
  const { config: file, lostNode } = new Command('worker')
    .description(
      'Carries out calls: Temporal worker, SIP ingress and HTTP API in one process. Run as many as you like per SIP node.'
    )
    .requiredOption('--config <file>', 'configuration, see examples/durable-calls.yaml')
    .addOption(
      new Option(
        '--lost-node <name>',
        'carry out nothing but the end of the calls of a node that never comes back; without SIP and API'
      ).argParser(readNode)
    )
    .addHelpText(
      'after',
      '\nEnvironment: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the other settings of the Temporal CLI;\n' +
        'DRACHTIO_SECRET or DRACHTIO_SECRET_FILE: shared with the SIP server; LOG_LEVEL (default info);\n' +
        'DURABLE_CALLS_API_TOKEN: bearer token of the HTTP API; DURABLE_CALLS_TOKEN_<BOTID>: that of a bot, for its own calls.'
    )
    .parse()
    .opts();
  const load = (): Config => loadConfig(path.resolve(file), process.env);
  await (lostNode === undefined ? runProcess(load) : serveLostNode(lostNode, load()));
}

function readNode(text: string): string {
  if (!isNodeName(text)) throw new InvalidArgumentError('It must be 1 to 40 of a-z, 0-9 and "-".');
  return text;
}

main().then(
  () => process.exit(0),
  (err: unknown) => {
    log.fatal(err instanceof ConfigError ? err.message : { err }, 'the worker cannot run');
    process.exit(1);
  }
);
