import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import type { TrunksClient, TrunkView } from '../trunks';
import { trunksTable, trunkText } from './format-trunks';
import type { Terminal } from './terminal';
import { print } from './terminal';
import { withCalls } from './with-calls';

const TRUNK = 'id of the trunk, or <id>@<node> where several nodes have it';

/** Commands for the trunks that register or are watched. */
export function trunksCommand(terminal: Terminal): CommandUnknownOpts {
  return new Command('trunks')
    .description('watch and steer the trunks that register or are watched by OPTIONS')
    .addCommand(listCommand(terminal))
    .addCommand(
      oneTrunk(terminal, 'show', 'show a trunk: login, state, registration, calls, expiry', (trunks) =>
        trunks.get.bind(trunks)
      )
    )
    .addCommand(
      oneTrunk(terminal, 'register', 'register a trunk at once, also one that was stopped', (trunks) =>
        trunks.register.bind(trunks)
      )
    )
    .addCommand(
      oneTrunk(terminal, 'unregister', 'end the registration of a trunk, until it is registered again', (trunks) =>
        trunks.unregister.bind(trunks)
      )
    );
}

function listCommand(terminal: Terminal): CommandUnknownOpts {
  return new Command('list')
    .description('list trunks, by name')
    .option('--json', 'print {trunks}')
    .action(async ({ json = false }) => {
      const trunks = await withCalls(terminal, (connected) => connected.trunks.list());
      print(terminal, json, { trunks }, () => trunksTable(trunks));
    });
}

function oneTrunk(
  terminal: Terminal,
  name: string,
  description: string,
  act: (trunks: TrunksClient) => (trunk: string) => Promise<TrunkView>
): CommandUnknownOpts {
  return new Command(name)
    .description(description)
    .argument('<trunk>', TRUNK, readTrunk)
    .option('--json', 'print the trunk')
    .action(async (trunk, { json = false }) => {
      const view = await withCalls(terminal, ({ trunks }) => act(trunks)(trunk));
      print(terminal, json, view, () => trunkText(view));
    });
}

function readTrunk(text: string): string {
  if (text === '') throw new InvalidArgumentError('Name a trunk.');
  return text;
}
