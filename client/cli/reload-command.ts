import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { Command } from '@commander-js/extra-typings';
import { ConfigError } from '../../config/config';
import { WorkerRefused } from '../errors';
import type { Problem } from '../api/problem';
import type { Reload } from '../api/reload';
import type { Terminal } from './terminal';
import { print } from './terminal';

const LIMIT_MS = 10_000;

type Reloaded = Omit<Extract<Reload, { isDone: true }>, 'isDone'>;

/** Tells a worker to take its configuration anew, through its API. */
export function reloadCommand(terminal: Terminal): CommandUnknownOpts {
  return new Command('reload')
    .description('have a worker take trunks and channels from its file anew; a file with faults changes nothing')
    .option('--api <url>', 'API of the worker', 'http://127.0.0.1:8080')
    .option('--json', 'print {trunks, channels, needsRestart}')
    .addHelpText(
      'after',
      '\nThe token is taken from DURABLE_CALLS_API_TOKEN. Each worker of a node has a file of its own.'
    )
    .action(async ({ api, json = false }) => {
      const reloaded = await reload(api, terminal.env['DURABLE_CALLS_API_TOKEN']);
      print(terminal, json, reloaded, () => text(reloaded));
    });
}

async function reload(api: string, token: string | undefined): Promise<Reloaded> {
  const url = `${api.replace(/\/$/, '')}/v1/config/reload`;
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` }),
  };
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body: '{}',
    signal: AbortSignal.timeout(LIMIT_MS),
  }).catch((err: unknown) => {
    throw new WorkerRefused(`no worker answers at ${api}: ${String((err as Error).cause ?? err)} (give --api)`);
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return body as Reloaded;
  const { title = response.statusText, detail, errors } = (body ?? {}) as Partial<Problem>;
  if (response.status === 422 && errors) throw new ConfigError(errors.map(({ message }) => message));
  throw new WorkerRefused(`the worker refused: ${detail ?? title}`);
}

function text({ trunks, channels, needsRestart }: Reloaded): string {
  const restart = needsRestart.length === 0 ? '' : `\nfrom the next start on: ${needsRestart.join(', ')}`;
  return `reloaded: trunks ${trunks.join(', ')}, channels ${channels.join(', ')}${restart}`;
}
