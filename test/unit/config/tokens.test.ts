import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it, expect } from '@jest/globals';
import { channelTokenVariable } from '../../../config/tokens';
import { channel, ENV, load, placelessFaultsOf, trunk } from './config-file';

const second = {
  trunks: [trunk, { ...trunk, id: 'second', login: '2000' }],
  channels: [channel, { ...channel, botId: 'second.bot', trunk: 'second' }],
};

describe('the token of a channel', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tokens-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const fileOf = (content: string): string => {
    const file = path.join(folder, 'token');
    writeFileSync(file, content);
    return file;
  };

  it('comes from a variable named by the bot, else from a file, and stays out of the channel', () => {
    expect(channelTokenVariable('second.bot')).toBe('DURABLE_CALLS_TOKEN_SECOND_BOT');
    const [first, other] = second.channels;
    const config = load(
      { ...second, channels: [{ ...first, tokenFile: fileOf('from-file\n') }, other] },
      { ...ENV, DURABLE_CALLS_TOKEN_SECOND_BOT: 'from-env' }
    );
    expect(config.api.channelTokens).toEqual([
      { botId: 'demo-bot', token: 'from-file' },
      { botId: 'second.bot', token: 'from-env' },
    ]);
    expect(JSON.stringify(config.channels)).not.toMatch(/token|from-/);
  });

  it('comes from the variable where both are given', () => {
    const channels = [{ ...channel, tokenFile: path.join(folder, 'missing') }];
    expect(load({ channels }, { ...ENV, DURABLE_CALLS_TOKEN_DEMO_BOT: 'from-env' }).api.channelTokens).toEqual([
      { botId: 'demo-bot', token: 'from-env' },
    ]);
  });

  it('is enough for an API beyond loopback', () => {
    const api = { host: '0.0.0.0', publicUrl: 'https://calls.example.com' };
    expect(placelessFaultsOf({ api }, { ...ENV, DURABLE_CALLS_TOKEN_DEMO_BOT: 't' })).toEqual([]);
  });

  it('is refused when it is somebody else’s too', () => {
    expect(
      placelessFaultsOf(second, {
        ...ENV,
        DURABLE_CALLS_API_TOKEN: 'same',
        DURABLE_CALLS_TOKEN_DEMO_BOT: 'same',
        DURABLE_CALLS_TOKEN_SECOND_BOT: 'other',
      })
    ).toEqual(['environment DURABLE_CALLS_TOKEN_DEMO_BOT: is the operator’s token too (give each its own)']);
    const channels = second.channels.map((each) => ({ ...each, tokenFile: fileOf('shared') }));
    expect(placelessFaultsOf({ ...second, channels })).toEqual([
      'channels[1].tokenFile: is the token of channel demo-bot too (give each its own)',
    ]);
  });

  it('is refused when it cannot be read or sent', () => {
    expect(placelessFaultsOf({ channels: [{ ...channel, tokenFile: path.join(folder, 'none') }] })).toEqual([
      expect.stringMatching(/^channels\[0\]\.tokenFile: cannot be read: ENOENT/),
    ]);
    expect(placelessFaultsOf({}, { ...ENV, DURABLE_CALLS_TOKEN_DEMO_BOT: 'a b' })).toEqual([
      'environment DURABLE_CALLS_TOKEN_DEMO_BOT: must be printable ASCII without spaces (choose another)',
    ]);
  });
});

describe('the rate limit of the API', () => {
  it('is checked', () => {
    expect(placelessFaultsOf({ api: { rateLimit: { perSecond: 0, burst: 0.5 } } })).toEqual([
      'api.rateLimit.perSecond: must be at least 0.1 (change it)',
      'api.rateLimit.burst: must be an integer (change it)',
    ]);
  });
});
