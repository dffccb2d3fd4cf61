import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { ApiBot } from '../../support/api-bot';
import { channel, ENV as env, EXAMPLE, trunk } from '../config/config-file';
import { run } from './cli-run';

describe('config check', () => {
  it('names what is in a configuration that is right', async () => {
    const plain = await run(['config', 'check', EXAMPLE], { env });
    expect(plain).toMatchObject({ code: 0, err: '' });
    expect(plain.out).toContain('is right: node local, trunks demo, channels demo-bot');
    expect(JSON.parse((await run(['config', 'check', EXAMPLE, '--json'], { env })).out)).toEqual({
      ok: true,
      faults: [],
      warnings: [],
      config: { node: 'local', trunks: ['demo'], channels: ['demo-bot'] },
    });
  });

  it('lists each fault of one that is not', async () => {
    const fault = 'environment DRACHTIO_SECRET: is missing (set it or DRACHTIO_SECRET_FILE)';
    expect(await run(['config', 'check', EXAMPLE])).toMatchObject({ code: 1, out: '', err: `Error: ${fault}\n` });
    const asJson = await run(['config', 'check', EXAMPLE, '--json']);
    expect(asJson).toMatchObject({ code: 1, err: '' });
    expect(JSON.parse(asJson.out)).toEqual({ ok: false, faults: [fault] });
  });
});

describe('config check --online', () => {
  let folder: string;
  let bot: ApiBot;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'config-'));
    bot = await ApiBot.open();
  });
  afterEach(async () => {
    await bot.close();
    rmSync(folder, { recursive: true });
  });

  const check = (token: string, ...options: string[]): ReturnType<typeof run> => {
    const file = path.join(folder, 'calls.yaml');
    writeFileSync(file, stringify({ trunks: [trunk], channels: [{ ...channel, connector: { url: bot.url } }] }));
    return run(['config', 'check', file, ...options], {
      env: { ...env, DURABLE_CALLS_CONNECTOR_TOKEN_DEMO_BOT: token },
    });
  };

  it('is content with bots that are there', async () =>
    expect(await check(ApiBot.token, '--online')).toMatchObject({ code: 0, err: '' }));

  it('names each bot that does not take its token, which nobody asks without it', async () => {
    const fault = `bot demo-bot: ${bot.url}: the bot answered 401`;
    expect(await check('wrong', '--online')).toMatchObject({ code: 1, out: '', err: expect.stringContaining(fault) });
    const { code, out } = await check('wrong', '--online', '--json');
    expect([code, JSON.parse(out)]).toEqual([1, { ok: false, faults: [expect.stringContaining(fault)] }]);
    expect(await check('wrong')).toMatchObject({ code: 0, err: '' });
  });
});
