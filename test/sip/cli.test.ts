import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { parse, stringify } from 'yaml';
import { startTemporalServer } from '../../launch/temporal-server';
import type { CallView } from '../../contracts/call';
import type { CliResult } from '../support/cli';
import { Cli } from '../support/cli';
import { Engine } from '../support/engine';
import { freePort } from '../support/free-port';
import { header, SipPeer } from '../support/sip-peer';
import { callThrough, notify } from '../support/transfer-call';

jest.setTimeout(60_000);

let engine: Engine;
let bot: SipPeer;
let caller: SipPeer;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'durable-calls-cli-'));
  bot = await SipPeer.open();
  engine = await Engine.start({
    bot: bot.uri('bot'),
    trunk: { allowTargets: ['^sip:[^@]+@127\\.0\\.0\\.1(:\\d+)?$'] },
  });
});

beforeEach(async () => {
  caller = await SipPeer.open();
});

afterEach(async () => {
  await caller.close();
});

afterAll(async () => {
  await engine.stop();
  await bot.close();
  await rm(folder, { recursive: true });
});

const run = (args: string[], env: NodeJS.ProcessEnv = {}, input?: string): Promise<CliResult> =>
  Cli.run(args, { ...engine.environment, ...env }, input);

/** What a command with `--json` printed; a command that fails fails the test. */
async function json<T>(args: string[]): Promise<T> {
  const { code, stdout, stderr } = await run([...args, '--json']);
  if (code !== 0) throw new Error(`exit ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

describe('durable-calls calls', () => {
  it('shows, watches and steers a call from its answer to its end', async () => {
    const call = await callThrough(engine, caller, bot);
    const { callId } = call;
    const watch = Cli.start(['calls', 'watch', callId], engine.environment);
    await watch.until(/BotAnswered/);

    expect(await json<CallView>(['calls', 'show', callId])).toMatchObject({ callId, phase: 'conversing' });
    expect((await run(['calls', 'show', callId.slice(0, 10)])).stdout).toMatch(/^phase +conversing$/m);
    const list = await json<{ calls: object[] }>(['calls', 'list', '--phase', 'conversing', '--all']);
    expect(list.calls).toContainEqual(expect.objectContaining({ callId, botId: 'bot', callee: '1000' }));
    expect((await run(['calls', 'list', '--page-size', '200'])).stdout).toMatch(
      new RegExp(`^${callId} +conversing`, 'm')
    );

    const refused = await run(['calls', 'transfer', callId, 'sip:agent@elsewhere.example', '--json']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(JSON.parse(refused.stderr)).toMatchObject({
      error: { name: 'InvalidActivity', faults: [{ path: 'activities[0].activityParams.transferTarget' }] },
    });

    const target = 'sip:agent@127.0.0.1:5998';
    const options = ['--header', 'X-Customer: 42', '--reason', 'asks for a person', '--notify', '--grace-ms', '0'];
    const transfer = await run([
      'calls',
      'transfer',
      callId,
      target,
      '--referred-by',
      'sip:boss@example.com',
      ...options,
    ]);
    expect(transfer).toMatchObject({ code: 0, stdout: `transfer accepted as ${callId}-transfer-1\n` });
    const refer = await caller.expect('REFER');
    expect(header(refer, 'Refer-To')).toContain('X-Customer=42');
    expect(header(refer, 'Referred-By')).toContain('sip:boss@example.com');
    caller.respond(refer, 202, { headers: [['Contact', caller.contact]] });
    await notify(call, 486, 'Busy Here');
    await watch.until(/ReferNotified +486/);

    const activity = { type: 'event', name: 'transfer', activityParams: { transferTarget: target } };
    const sent = await run(['calls', 'send', callId, '-', '--json'], {}, JSON.stringify(activity));
    expect(JSON.parse(sent.stdout)).toMatchObject({ activities: [{ name: 'transfer', status: 'accepted' }] });
    caller.respond(await caller.expect('REFER'), 486);
    await watch.until(/ReferAnswered +486/);

    expect(await run(['calls', 'hangup', callId, '--reason', 'enough'])).toMatchObject({ code: 0 });
    bot.respond(await bot.expect('BYE'), 200);
    caller.respond(await caller.expect('BYE'), 200);
    const { code, stdout } = await watch.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ended: .*enough$/m);
    await engine.recordOf(callId);
    expect(await run(['calls', 'hangup', callId])).toEqual({
      code: 1,
      stdout: '',
      stderr: `Error: no call ${callId} is up\n`,
    });
  });

  it('says that Temporal cannot be reached, with an exit code of its own', async () => {
    const { code, stdout, stderr } = await run(['calls', 'list', '--json'], {
      TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}`,
    });
    expect([code, stdout]).toEqual([3, '']);
    expect(JSON.parse(stderr)).toMatchObject({ error: { name: 'TemporalUnavailable' } });
  });
});

describe('durable-calls histories export', () => {
  it('writes a call’s history without its numbers, and it replays on the code of today', async () => {
    const call = await callThrough(engine, caller, bot);
    await run(['calls', 'hangup', call.callId]);
    const { file, events } = await json<{ file: string; events: number }>([
      ...['histories', 'export', call.callId, '--out', folder],
    ]);
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain(call.callId);
    expect(events).toBeGreaterThan(10);
    const workflowBundle = { codePath: path.join(__dirname, '../../dist/workflow-bundle.js') };
    await expect(Worker.runReplayHistory({ workflowBundle }, JSON.parse(text))).resolves.toBeUndefined();
  });
});

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
    const looking = examine(engine.worker.configFile);
    const call = await callThrough(engine, caller, bot);
    call.callerDialog.request('BYE');
    bot.respond(await bot.expect('BYE'), 200);
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
