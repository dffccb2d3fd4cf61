import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import type { CliResult } from '../support/cli';
import { Cli } from '../support/cli';
import { eventually } from '../support/eventually';
import { phoneCall } from '../support/joined-call';
import type { PhoneCall } from '../support/joined-call';
import type { Kamailio } from '../support/kamailio';
import { SipPeer } from '../support/sip-peer';
import type { ProviderCase } from '../support/trunk-provider';
import { isRegistered, statusOf, twoLogins } from '../support/trunk-provider';

interface Configured {
  trunks: Record<string, unknown>[];
  channels: Record<string, unknown>[];
}

describe('trunks under control (Kamailio)', () => {
  let bots: [SipPeer, SipPeer];
  let provided: ProviderCase;
  let provider: Kamailio;
  let call: PhoneCall | undefined;

  beforeEach(async () => {
    bots = [await SipPeer.open(), await SipPeer.open()];
    provided = await twoLogins({ bots: [bots[0].uri('bot'), bots[1].uri('bot')] });
    provider = await provided.start();
    for (const trunk of ['first', 'second']) await statusOf(provided.engine, trunk, isRegistered);
  });

  afterEach(async () => {
    await call?.close();
    call = undefined;
    await provided.engine.stop();
    await provider.stop();
    await Promise.all(bots.map((bot) => bot.close()));
  });

  const cli = (...args: string[]): Promise<CliResult> => Cli.run(args, provided.engine.environment);
  const named = (trunk: string): string => `${trunk}@${provided.engine.node}`;
  const edit = async (change: (config: Configured) => void): Promise<void> => {
    const { configFile } = provided.engine.worker;
    const config = parse(await readFile(configFile, 'utf8')) as Configured;
    change(config);
    await writeFile(configFile, stringify(config));
  };
  const post = async (path: string): Promise<{ status: number; body: unknown }> => {
    const headers = { 'content-type': 'application/json' };
    const response = await provided.engine.api(path, { method: 'POST', headers, body: '{}' });
    return { status: response.status, body: await response.json() };
  };

  it('are shown with their login, state, registration, calls and expiry, by command and over HTTP', async () => {
    call = await phoneCall(provided.engine, bots[0], '1000', provided.port);
    await eventually(async () => {
      const { stdout } = await cli('trunks', 'show', named('first'), '--json');
      return (JSON.parse(stdout) as { calls: number }).calls === 1;
    }, 'the call is counted');
    const { stdout } = await cli('trunks', 'list');
    const { node } = provided.engine;
    expect(stdout).toMatch(new RegExp(`^first +${node} +1000 +up +registered +1 +20`, 'm'));
    expect(stdout).toMatch(new RegExp(`^second +${node} +2000 +up +registered +0 +20`, 'm'));
    const { trunks } = (await (await provided.engine.api('/v1/trunks')).json()) as { trunks: object[] };
    expect(trunks).toContainEqual(
      expect.objectContaining({ trunk: 'first', node, calls: 1, registration: 'registered' })
    );
    expect((await cli('trunks', 'show', named('first'))).stdout).toMatch(/^expires +20/m);
    expect(await cli('trunks', 'show', named('nobody'))).toMatchObject({ code: 1 });
  });

  it('end their registration on an operator’s word, and take it up again', async () => {
    expect(await cli('trunks', 'unregister', named('first'))).toMatchObject({ code: 0 });
    await statusOf(provided.engine, 'first', ({ registration }) => registration === 'unregistered');
    expect(provider.lines(/registered 1000 expires 0/)).toHaveLength(1);
    expect(await post(`/v1/trunks/${named('first')}/register`)).toMatchObject({ status: 200 });
    expect(await statusOf(provided.engine, 'first', isRegistered)).toMatchObject({ state: 'up' });
  });

  it('change with the configuration while a call keeps what it started with', async () => {
    call = await phoneCall(provided.engine, bots[0], '1000', provided.port);
    await edit(({ trunks, channels }) => {
      trunks[0]!['allowTargets'] = ['@nowhere.example'];
      trunks.splice(1);
      channels.splice(1);
    });
    const reload = ['config', 'reload', '--api', `http://127.0.0.1:${provided.engine.apiPort}`];
    expect(JSON.parse((await cli(...reload, '--json')).stdout)).toEqual({
      trunks: ['first'],
      channels: ['first-bot'],
      needsRestart: [],
    });
    await eventually(() => provider.lines(/registered 2000 expires 0/).length === 1, 'the second is un-registered');
    expect(await call.transfer({ transferTarget: 'sip:agent@127.0.0.1' })).toMatchObject({ status: 200 });
    call.caller.peer.respond(await call.caller.peer.expect('REFER'), 603);
    const next = await phoneCall(provided.engine, bots[0], '1000', provided.port);
    expect(await next.transfer({ transferTarget: 'sip:agent@127.0.0.1' })).toMatchObject({ status: 422 });
    await next.close();
  });

  it('stay as they are when the new configuration has faults, which the answer tells', async () => {
    await edit(({ trunks }) => {
      trunks[1]!['login'] = '1000';
    });
    const { status, body } = await post('/v1/config/reload');
    expect(status).toBe(422);
    expect(body).toMatchObject({
      errors: [{ message: expect.stringMatching(/yaml:\d+ trunks\[1\]\.login: is the login of trunk first too/) }],
    });
    const reload = ['config', 'reload', '--api', `http://127.0.0.1:${provided.engine.apiPort}`];
    expect(await cli(...reload)).toMatchObject({ code: 1, stderr: expect.stringContaining('login of trunk first') });
    expect(await statusOf(provided.engine, 'second', isRegistered)).toMatchObject({ login: '2000' });
    expect(provider.lines(/expires 0/)).toEqual([]);
  });

  it('register anew with changed settings at SIGHUP', async () => {
    const before = provider.lines(/registered 1000/).length;
    await edit(({ trunks }) => {
      trunks[0]!['register'] = { expiresS: 90 };
    });
    provided.engine.worker.hangUp();
    await eventually(() => provider.lines(/registered 1000 expires 90/).length === 1, 'the first registers anew');
    expect(provider.lines(/registered 1000 expires 0/)).toHaveLength(1);
    expect(provider.lines(/registered 1000/).length).toBe(before + 2);
  });
});
