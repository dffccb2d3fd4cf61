import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import type { CliResult } from '../support/cli';
import { Cli } from '../support/cli';
import { eventually } from '../support/eventually';
import { isRegistered, statusOf } from '../support/trunk-provider';
import type { TrunkStage } from '../support/trunk-stage';
import { trunkStage } from '../support/trunk-stage';

interface Configured {
  trunks: Record<string, unknown>[];
  channels: Record<string, unknown>[];
}

let on: TrunkStage;
trunkStage((stage) => {
  on = stage;
});

describe('trunks under control (Kamailio)', () => {
  let configured: string;

  const areRegistered = async (): Promise<void> => {
    for (const trunk of ['first', 'second']) await statusOf(on.engine, trunk, isRegistered);
  };

  beforeEach(async () => {
    configured = await readFile(on.engine.worker.configFile, 'utf8');
    await areRegistered();
  });

  afterEach(async () => {
    await writeFile(on.engine.worker.configFile, configured);
    await post('/v1/config/reload');
    await areRegistered();
  });

  /** How many lines the provider prints from now on that match. */
  const linesFromNow = (pattern: RegExp): (() => number) => {
    const count = (): number => on.provider.lines(pattern).length;
    const before = count();
    return () => count() - before;
  };
  const cli = (...args: string[]): Promise<CliResult> => Cli.run(args, on.engine.environment);
  const named = (trunk: string): string => `${trunk}@${on.engine.node}`;
  const edit = async (change: (config: Configured) => void): Promise<void> => {
    const { configFile } = on.engine.worker;
    const config = parse(await readFile(configFile, 'utf8')) as Configured;
    change(config);
    await writeFile(configFile, stringify(config));
  };
  const post = async (path: string): Promise<{ status: number; body: unknown }> => {
    const headers = { 'content-type': 'application/json' };
    const response = await on.engine.api(path, { method: 'POST', headers, body: '{}' });
    return { status: response.status, body: await response.json() };
  };

  it('are shown with their login, state, registration, calls and expiry, by command and over HTTP', async () => {
    await on.call();
    await eventually(async () => {
      const { stdout } = await cli('trunks', 'show', named('first'), '--json');
      return (JSON.parse(stdout) as { calls: number }).calls === 1;
    }, 'the call is counted');
    const listed = await cli('trunks', 'list');
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    const { stdout } = listed;
    const { node } = on.engine;
    expect(stdout).toMatch(new RegExp(`^first +${node} +1000 +up +registered +1 +20`, 'm'));
    expect(stdout).toMatch(new RegExp(`^second +${node} +2000 +up +registered +0 +20`, 'm'));
    const { trunks } = (await (await on.engine.api('/v1/trunks')).json()) as { trunks: object[] };
    expect(trunks).toContainEqual(
      expect.objectContaining({ trunk: 'first', node, calls: 1, registration: 'registered' })
    );
    expect((await cli('trunks', 'show', named('first'))).stdout).toMatch(/^expires +20/m);
    expect(await cli('trunks', 'show', named('nobody'))).toMatchObject({ code: 1 });
  });

  it('end their registration on an operator’s word, and take it up again', async () => {
    const unregistered = linesFromNow(/registered 1000 expires 0/);
    expect(await cli('trunks', 'unregister', named('first'))).toMatchObject({ code: 0 });
    await statusOf(on.engine, 'first', ({ registration }) => registration === 'unregistered');
    await eventually(() => unregistered() === 1, 'the provider tells of it');
    expect(await post(`/v1/trunks/${named('first')}/register`)).toMatchObject({ status: 200 });
    expect(await statusOf(on.engine, 'first', isRegistered)).toMatchObject({ state: 'up' });
  });

  it('change with the configuration while a call keeps what it started with', async () => {
    const call = await on.call();
    const unregistered = linesFromNow(/registered 2000 expires 0/);
    await edit(({ trunks, channels }) => {
      trunks[0]!['allowTargets'] = ['@nowhere.example'];
      trunks.splice(1);
      channels.splice(1);
    });
    const reload = ['config', 'reload', '--api', `http://127.0.0.1:${on.engine.apiPort}`];
    expect(JSON.parse((await cli(...reload, '--json')).stdout)).toEqual({
      trunks: ['first'],
      channels: ['first-bot'],
      needsRestart: [],
    });
    await eventually(() => unregistered() === 1, 'the second is un-registered');
    expect(await call.transfer({ transferTarget: 'sip:agent@127.0.0.1' })).toMatchObject({ status: 200 });
    call.caller.peer.respond(await call.caller.peer.expect('REFER'), 603);
    const next = await on.call();
    expect(await next.transfer({ transferTarget: 'sip:agent@127.0.0.1' })).toMatchObject({ status: 422 });
  });

  it('stay as they are when the new configuration has faults, which the answer tells', async () => {
    const unregistered = linesFromNow(/expires 0/);
    await edit(({ trunks }) => {
      trunks[1]!['login'] = '1000';
    });
    const { status, body } = await post('/v1/config/reload');
    expect(status).toBe(422);
    expect(body).toMatchObject({
      errors: [{ message: expect.stringMatching(/yaml:\d+ trunks\[1\]\.login: is the login of trunk first too/) }],
    });
    const reload = ['config', 'reload', '--api', `http://127.0.0.1:${on.engine.apiPort}`];
    expect(await cli(...reload)).toMatchObject({ code: 1, stderr: expect.stringContaining('login of trunk first') });
    expect(await statusOf(on.engine, 'second', isRegistered)).toMatchObject({ login: '2000' });
    expect(unregistered()).toBe(0);
  });

  it('register anew with changed settings at SIGHUP', async () => {
    const [all, longer, unregistered] = [
      /registered 1000/,
      /registered 1000 expires 90/,
      /registered 1000 expires 0/,
    ].map(linesFromNow);
    await edit(({ trunks }) => {
      trunks[0]!['register'] = { expiresS: 90 };
    });
    on.engine.worker.hangUp();
    await eventually(() => longer!() === 1, 'the first registers anew');
    expect([unregistered!(), all!()]).toEqual([1, 2]);
  });
});
