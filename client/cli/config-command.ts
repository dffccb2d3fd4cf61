import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { Command } from '@commander-js/extra-typings';
import { ConfigError, loadConfig } from '../../config/config';
import { configJsonSchema } from '../../config/json-schema';
import { openGroups } from '../../config/open-groups';
import { EXIT, Exit } from './exit';
import { reloadCommand } from './reload-command';
import type { Terminal } from './terminal';
import { print } from './terminal';

export function configCommand(terminal: Terminal): CommandUnknownOpts {
  const check = new Command('check')
    .description('check a worker’s configuration with the secrets and overrides of this environment')
    .argument('<file>', 'as in examples/durable-calls.yaml')
    .option('--json', 'print {ok, faults, warnings?, config?}')
    .action((file, { json = false }) => checkConfig(terminal, file, json));
  const schema = new Command('schema')
    .description('print the JSON Schema of the configuration, for editors')
    .action(() => terminal.out(`${JSON.stringify(configJsonSchema(), undefined, 2)}\n`));
  return new Command('config')
    .description('configuration of workers')
    .addCommand(check)
    .addCommand(schema)
    .addCommand(reloadCommand(terminal));
}

function checkConfig(terminal: Terminal, file: string, isJson: boolean): void {
  try {
    const loaded = loadConfig(file, terminal.env);
    const { node, trunks, channels } = loaded;
    const warnings = openGroups(loaded);
    const config = { node, trunks: trunks.map(({ id }) => id), channels: channels.map(({ botId }) => botId) };
    const facts = `node ${node}, trunks ${config.trunks.join(', ')}, channels ${config.channels.join(', ')}`;
    print(terminal, isJson, { ok: true, faults: [], warnings, config }, () =>
      [`${file} is right: ${facts}`, ...warnings.map((warning) => `warning: ${warning}`)].join('\n')
    );
  } catch (err) {
    if (!(err instanceof ConfigError)) throw err;
    if (!isJson) throw err;
    print(terminal, true, { ok: false, faults: err.faults }, () => '');
    throw new Exit(EXIT.refused);
  }
}
