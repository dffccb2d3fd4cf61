import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import type { CallView } from '../../contracts/call';
import type { CliResult } from '../support/cli';
import { Cli } from '../support/cli';
import { Engine } from '../support/engine';
import { freePort } from '../support/free-port';
import { header, SipPeer } from '../support/sip-peer';
import { callThrough, notify } from '../support/transfer-call';

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
