import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { Command } from '@commander-js/extra-typings';
import { callRecordJsonSchema } from '../../contracts/call-record';
import type { Terminal } from './terminal';

export function recordsCommand(terminal: Terminal): CommandUnknownOpts {
  const schema = new Command('schema')
    .description('print the JSON Schema of call detail records')
    .action(() => terminal.out(`${JSON.stringify(callRecordJsonSchema(), undefined, 2)}\n`));
  return new Command('records').description('call detail records').addCommand(schema);
}
