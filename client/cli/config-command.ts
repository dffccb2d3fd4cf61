import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { Command } from '@commander-js/extra-typings';
import { configJsonSchema } from '../../config/json-schema';
import type { Config } from '../../config/config';
import { ConfigError, loadConfig } from '../../config/config';
import { openGroups } from '../../config/open-groups';
import { checkBots } from '../doctor/bot-checks';
import { EXIT, Exit } from './exit';
import { reloadCommand } from './reload-command';
import type { Terminal } from './terminal';
import { print } from './terminal';

export function configCommand(terminal: Terminal): CommandUnknownOpts {
  const check = new Command('check')
    .description('check a worker’s configuration with the secrets and overrides of this environment')
    .argument('<file>', 'as in examples/durable-calls.yaml')
    .option('--online', 'ask the bots of connectors as well whether they are there')
    .option('--json', 'print {ok, faults, warnings?, config?}')
    .action((file, { json = false, online = false }) =>
      checkConfig(terminal, file, { isJson: json, isOnline: online })
    );
  const schema = new Command('schema')
    .description('print the JSON Schema of the configuration, for editors')
    .action(() => terminal.out(`${JSON.stringify(configJsonSchema(), undefined, 2)}\n`));
  return new Command('config')
    .description('configuration of workers')
    .addCommand(check)
    .addCommand(schema)
    .addCommand(reloadCommand(terminal));
}

async function checkConfig(
  terminal: Terminal,
  file: string,
  { isJson, isOnline }: { isJson: boolean; isOnline: boolean }
): Promise<void> {
  try {
    const loaded = loadConfig(file, terminal.env);
    if (isOnline) await requireBots(loaded, terminal.env);
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

/** @throws ConfigError with a line for each bot that is not there */
async function requireBots(config: Config, env: NodeJS.ProcessEnv): Promise<void> {
  const checks = await checkBots(config, env);
  const absent = checks.filter(({ status }) => status === 'fault');
  if (absent.length > 0)
    throw new ConfigError(absent.map(({ name, detail, toDo = '' }) => `${name}: ${detail} (${toDo})`));
}
