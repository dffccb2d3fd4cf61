import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { startTemporalServer } from '../../launch/temporal-server';
import { Cli } from '../support/cli';
import { Engine } from '../support/engine';
import { freePort } from '../support/free-port';
import { SipPeer } from '../support/sip-peer';
import { callThrough, isOf } from '../support/transfer-call';

let engine: Engine;
let bot: SipPeer;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'durable-calls-doctor-'));
  bot = await SipPeer.open();
  engine = await Engine.start({ bot: bot.uri('bot') });
});

afterAll(async () => {
  await engine.stop();
  await bot.close();
  await rm(folder, { recursive: true });
});

const run = (args: string[], env: NodeJS.ProcessEnv = {}): ReturnType<typeof Cli.run> =>
  Cli.run(args, { ...engine.environment, ...env });

interface Diagnosis {
  ok: boolean;
  checks: { name: string; status: string; detail: string; toDo?: string }[];
}

describe('durable-calls doctor', () => {
  async function examine(file: string, env: NodeJS.ProcessEnv = {}): Promise<Diagnosis & { code: number | null }> {
    const { code, stdout } = await run(['doctor', '--config', file, '--json'], env);
    return { code, ...(JSON.parse(stdout) as Diagnosis) };
  }

  const faultsOf = ({ checks }: Diagnosis): string[] =>
    checks.filter(({ status }) => status === 'fault').map(({ name }) => name);

  type Settings = Record<string, unknown> & Record<'sipServer' | 'api' | 'records', Record<string, unknown>>;

  /** The worker's configuration with something else in it. */
  async function changed(change: (config: Settings) => unknown): Promise<string> {
    const config = parse(await readFile(engine.worker.configFile, 'utf8')) as Settings;
    await change(config);
    const file = path.join(folder, 'changed.yaml');
    await writeFile(file, stringify(config));
    return file;
  }

  it('finds an engine that runs well', async () => {
    const { code, ok, checks } = await examine(engine.worker.configFile);
    expect(checks.filter(({ status }) => status !== 'ok').map(({ name }) => name)).toEqual(['API tokens']);
    expect([code, ok]).toEqual([0, true]);
    expect(checks.map(({ name }) => name)).toEqual([
      'Node',
      'configuration',
      'Temporal',
      'search attributes',
      'worker',
      'clock',
      'SIP server',
      `SIP UDP 127.0.0.1:${engine.sipPort}`,
      `SIP TCP 127.0.0.1:${engine.sipPort}`,
      'HTTP API',
      'records folder',
      'API tokens',
    ]);
    expect((await run(['doctor', '--config', engine.worker.configFile])).stdout).toMatch(/all is well\n$/);
  });

  it('takes no call away from the worker while it looks', async () => {
    const caller = await SipPeer.open();
    const looking = examine(engine.worker.configFile);
    const call = await callThrough(engine, caller, bot);
    call.callerDialog.request('BYE');
    bot.respond(await bot.expect('BYE'), 200);
    await caller.expect((message) => isOf(message, 'BYE') && message.status === 200);
    await caller.close();
    expect(faultsOf(await looking)).toEqual([]);
  });

  it.each<[string, (config: Settings) => unknown]>([
    ['worker', (config) => (config.node = 'nobody')],
    ['SIP server', async ({ sipServer }) => (sipServer.port = await freePort())],
    ['HTTP API', async ({ api }) => (api.port = await freePort())],
    ['records folder', ({ records }) => (records.folder = path.join(engine.worker.configFile, 'records'))],
  ])('finds the fault of the %s', async (name, change) => {
    const diagnosis = await examine(await changed(change));
    expect(faultsOf(diagnosis)).toEqual([name]);
    expect(diagnosis).toMatchObject({ code: 1, ok: false });
  });

  it('finds a wrong secret', async () => {
    const diagnosis = await examine(engine.worker.configFile, { DRACHTIO_SECRET: 'wrong' });
    expect(diagnosis.checks).toContainEqual(
      expect.objectContaining({ name: 'SIP server', status: 'fault', detail: 'it refused us: wrong secret' })
    );
  });

  it('finds every fault of the configuration', async () => {
    const diagnosis = await examine(await changed(({ api }) => (api.prt = 1)));
    expect(faultsOf(diagnosis)).toEqual(['configuration']);
    expect(diagnosis.checks.find(({ name }) => name === 'configuration')?.detail).toContain(
      'api.prt: is not a setting'
    );
  });

  it('names the namespace command, and the exit code of a Temporal that does not answer', async () => {
    const missing = await examine(engine.worker.configFile, { TEMPORAL_NAMESPACE: 'nowhere' });
    expect(missing.code).toBe(1);
    expect(missing.checks.find(({ name }) => name === 'Temporal')?.toDo).toContain(
      'temporal operator namespace create --namespace nowhere'
    );
    const away = await examine(engine.worker.configFile, { TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` });
    expect([away.code, faultsOf(away)]).toEqual([3, ['Temporal']]);
  });
});

describe('a namespace without the search attributes', () => {
  it('keeps a worker from starting, with the command that adds them; the doctor names it too', async () => {
    const cliPath = process.env['DURABLE_CALLS_TEMPORAL_CLI'];
    if (cliPath === undefined) throw new Error('run the tests with `npm test`');
    const temporal = await startTemporalServer({
      cliPath,
      port: await freePort(),
      searchAttributes: { CallPhase: 'Keyword' },
    });
    try {
      const command =
        'temporal operator search-attribute create --namespace default --name CallTrunk --type Keyword --name CallChannel';
      await expect(Engine.start({ bot: bot.uri('bot'), temporal: temporal.address })).rejects.toThrow(
        new RegExp(`lacks the search attributes CallTrunk, .*run: ${command}`)
      );
      const { code, stdout } = await run(['doctor', '--json'], { TEMPORAL_ADDRESS: temporal.address });
      expect(code).toBe(1);
      expect((JSON.parse(stdout) as Diagnosis).checks.find(({ name }) => name === 'search attributes')?.toDo).toContain(
        command
      );
    } finally {
      await temporal.stop();
    }
  });
});
