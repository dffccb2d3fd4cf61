import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { Command, Option } from '@commander-js/extra-typings';
import { counted } from '../../contracts/counted';
import type { CallsClient } from '../calls';
import { exportHistories } from '../histories/export-histories';
import { resolveCallId } from './call-id';
import { integerWithin } from './read-integer';
import type { Terminal } from './terminal';
import { print } from './terminal';
import { withCalls } from './with-calls';

const DEFAULT_LATEST = 20;
const MAX_LATEST = 10_000;

export function historiesCommand(terminal: Terminal): CommandUnknownOpts {
  return new Command('histories')
    .description('histories of calls, to replay them against other code')
    .addCommand(exportCommand(terminal));
}

function exportCommand(terminal: Terminal): CommandUnknownOpts {
  const command = new Command('export')
    .description('write histories with numbers, names, addresses, texts and tokens replaced; they replay as they were')
    .argument('[calls...]', 'call ids, or enough of their beginnings; without any, the latest calls')
    .addOption(
      new Option('--latest <n>', `without call ids: how many, 1 to ${MAX_LATEST}`)
        .default(DEFAULT_LATEST)
        .argParser(integerWithin(1, MAX_LATEST))
    )
    .option('--out <folder>', 'where the files go, one for each run of a call', 'histories')
    .option('--json', 'print one JSON object a line: {callId, file, events}')
    .action((texts, { latest, out, json = false }) =>
      withCalls(terminal, async ({ calls }) => {
        const ids =
          texts.length > 0
            ? await Promise.all(texts.map((text) => resolveCallId(calls, text)))
            : await latestIds(calls, latest);
        if (ids.length === 0) {
          if (!json) terminal.out('no calls to export\n');
          return;
        }
        for await (const written of exportHistories(calls, new Set(ids), out))
          print(
            terminal,
            json,
            written,
            () => `${written.callId}  ${counted(written.events, 'event')}  ${written.file}`
          );
      })
    );
  return command;
}

async function latestIds(calls: CallsClient, latest: number): Promise<string[]> {
  const ids: string[] = [];
  for await (const { callId } of calls.all({})) {
    if (ids.length === latest) break;
    ids.push(callId);
  }
  return ids;
}
