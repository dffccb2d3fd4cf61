import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { Command, Option } from '@commander-js/extra-typings';
import { CALL_PHASES } from '../../contracts/call';
import type { CallListFilter } from '../call-list';
import type { CallsClient } from '../calls';
import { resolveCallId } from './call-id';
import { callsTable, callText, eventText } from './format';
import { integerWithin } from './read-integer';
import type { Terminal } from './terminal';
import { print } from './terminal';
import { withCalls } from './with-calls';

const MAX_PAGE_SIZE = 200;

/** Commands that only look at calls. */
export function lookCommands(terminal: Terminal): CommandUnknownOpts[] {
  return [listCommand(terminal), showCommand(terminal), watchCommand(terminal)];
}

function listCommand(terminal: Terminal): CommandUnknownOpts {
  const command = new Command('list')
    .description('list calls: those that are up, then those that ended, each latest first')
    .addOption(new Option('--phase <phase>', 'only calls in this phase').choices(CALL_PHASES))
    .addOption(
      new Option('--page-size <n>', `1 to ${MAX_PAGE_SIZE}`).default(50).argParser(integerWithin(1, MAX_PAGE_SIZE))
    )
    .option('--page-token <token>', 'nextPageToken of the page before')
    .option('--all', 'every page')
    .option('--json', 'print {calls, nextPageToken?}')
    .action(async ({ phase, pageSize, pageToken, all = false, json = false }) => {
      const filter: CallListFilter = {
        pageSize,
        ...(phase === undefined ? {} : { phase }),
        ...(pageToken === undefined ? {} : { nextPageToken: pageToken }),
      };
      const page = await withCalls(terminal, ({ calls }) => (all ? everyPage(calls, filter) : calls.list(filter)));
      const more = page.nextPageToken === undefined ? '' : '\nthere are more: --all shows every call';
      print(terminal, json, page, () => callsTable(page.calls) + more);
    });
  return command;
}

async function everyPage(calls: CallsClient, filter: CallListFilter): ReturnType<CallsClient['list']> {
  const found = [];
  for await (const call of calls.all(filter)) found.push(call);
  return { calls: found };
}

function showCommand(terminal: Terminal): CommandUnknownOpts {
  const command = new Command('show')
    .description('show a call with its transfers and timeline')
    .argument('<call>', 'call id, or enough of its beginning')
    .option('--json', 'print the call')
    .action(async (text, { json = false }) => {
      const view = await withCalls(terminal, async ({ calls }) => calls.get(await resolveCallId(calls, text)));
      print(terminal, json, view, () => callText(view));
    });
  return command;
}

function watchCommand(terminal: Terminal): CommandUnknownOpts {
  const command = new Command('watch')
    .description('print what happens on a call, until it ends')
    .argument('<call>', 'call id, or enough of its beginning')
    .option('--json', 'print one JSON object a line: {kind: "timeline", entry}, then {kind: "end", end}')
    .action(async (text, { json = false }) => {
      await withCalls(terminal, async ({ calls }) => {
        const watch = await calls.watch(await resolveCallId(calls, text));
        for await (const event of watch) print(terminal, json, event, () => eventText(event));
      });
    });
  return command;
}
