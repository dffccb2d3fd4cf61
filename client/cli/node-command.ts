import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { Client } from '@temporalio/client';
import { counted } from '../../contracts/counted';
import { isNodeName } from '../../contracts/node';
import type { ConnectedCalls } from '../connect';
import type { OpenWork } from '../nodes/node-work';
import { NodeWork } from '../nodes/node-work';
import { hasWork, openWork, retireNode } from '../nodes/retire-node';
import { temporalError } from '../temporal-failures';
import { EXIT, Exit } from './exit';
import type { LostNodeWorker } from './lost-node-worker';
import { integerWithin } from './read-integer';
import type { Terminal } from './terminal';
import { print } from './terminal';
import { withCalls } from './with-calls';

const DEFAULT_WITHIN_S = 300;
const LONGEST_WITHIN_S = 86_400;

export function nodeCommand(terminal: Terminal): CommandUnknownOpts {
  return new Command('node').description('SIP nodes').addCommand(retireCommand(terminal));
}

interface RetireOptions {
  config: string;
  reason: string;
  within: number;
  yes?: true | undefined;
  force?: true | undefined;
  json?: boolean | undefined;
}

function retireCommand(terminal: Terminal): CommandUnknownOpts {
  const command = new Command('retire')
    .description(
      'end the calls of a node that never comes back: their records say sip-node-lost, their bots hear the end, its trunks are given up'
    )
    .argument('<name>', 'node, as in the configuration of its workers', readNode)
    .requiredOption('--config <file>', 'configuration of a worker: where records of calls go; needed')
    .option('--reason <text>', 'for the records', 'the SIP node was retired')
    .addOption(
      new Option('--within <seconds>', `how long calls may take to end, 1 to ${LONGEST_WITHIN_S}`)
        .default(DEFAULT_WITHIN_S)
        .argParser(integerWithin(1, LONGEST_WITHIN_S))
    )
    .option('--yes', 'do it; without, only say what would end')
    .option('--force', 'also while a worker with a connection to the SIP server serves the node')
    .option('--json', 'print one JSON object a line: {node, open: {calls, trunks}}')
    .action((node, options) => withCalls(terminal, (connected) => retire(terminal, connected, node, options)));
  return command;
}

async function retire(
  terminal: Terminal,
  { connection, namespace }: ConnectedCalls,
  node: string,
  { config, reason, within, yes, force, json = false }: RetireOptions
): Promise<void> {
  const work = new NodeWork(new Client({ connection, namespace }), node);
  const tell = ({ calls, trunks }: OpenWork, text: string): void => {
    const value = { node, open: { calls: calls.length, trunks: trunks.length } };
    const amounts = `${counted(calls.length, 'call')} and ${counted(trunks.length, 'trunk')}`;
    print(
      terminal,
      json,
      value,
      () => `node ${node}: ${hasWork({ calls, trunks }) ? `${amounts} ${text}` : 'nothing is left to end'}`
    );
  };
  try {
    if (!yes) {
      const open = await openWork(node, work);
      tell(open, 'would end; give --yes to end them');
      if (!hasWork(open)) return;
      throw new Exit(EXIT.refused);
    }
    const serve = (): Promise<LostNodeWorker> => terminal.serveLostNode(node, config);
    const options = { reason, isForced: force === true, withinMs: within * 1_000, serve };
    let open: OpenWork = { calls: [], trunks: [] };
    for await (open of retireNode(node, work, options)) tell(open, 'to end');
    if (hasWork(open)) throw new Exit(EXIT.refused);
  } catch (err) {
    throw temporalError(err);
  }
}

function readNode(text: string): string {
  if (!isNodeName(text)) throw new InvalidArgumentError('It must be 1 to 40 of a-z, 0-9 and "-".');
  return text;
}
