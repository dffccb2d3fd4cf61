import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { connectorToken } from '../../../config/connector-token';
import { ENV, load, placelessFaultsOf } from './config-file';

const trunk = { id: 'demo', login: '1000', sources: ['127.0.0.1'], host: '127.0.0.1' };
const channelWith = (connector: object, over: object = {}) => ({
  trunks: [trunk],
  channels: [
    { botId: 'demo-bot', trunk: 'demo', connector: { url: 'https://bots.example.com/b', ...connector }, ...over },
  ],
});

describe('a connector', () => {
  it('is enough for a channel, and has defaults', () => {
    expect(load(channelWith({})).channels[0]?.connector).toEqual({
      url: 'https://bots.example.com/b',
      websocket: true,
      timeoutMs: 5_000,
      deadlineMs: 15_000,
    });
  });

  it.each([
    [{ url: 'ftp://bots.example.com' }, 'connector.url: must be an http: or https: URL'],
    [{ url: 'https://user:secret@bots.example.com' }, 'connector.url: holds a user or password'],
    [{ allowOrigins: ['https://eu.example.com/path'] }, 'connector.allowOrigins[0]: must be an origin'],
    [{ deadlineMs: 1 }, 'connector.deadlineMs: must be at least 500'],
    [{ token: 'secret' }, 'connector.token: is not a setting (secrets are not kept here'],
    [{ failover: { transferTarget: 'sip:x@elsewhere' } }, 'connector.failover.transferTarget: '],
    [{ failover: { continueCall: true } }, 'connector.failover.continueCall: is not a parameter'],
    [{ failover: { hangupReason: 7 } }, 'connector.failover.hangupReason: must be a string'],
    [{ tokenFile: '/nowhere' }, 'connector.tokenFile: cannot be read'],
  ])('%j has its fault named', (connector, fault) => {
    expect(placelessFaultsOf(channelWith(connector))).toEqual([expect.stringContaining(`channels[0].${fault}`)]);
  });

  it('takes the place of a webhook, and speaks the Bot API', () => {
    expect(placelessFaultsOf(channelWith({}, { webhook: 'http://127.0.0.1/' }))).toEqual([
      expect.stringContaining('channels[0].webhook: the connector tells the bot already'),
    ]);
    expect(placelessFaultsOf(channelWith({}, { dialect: 'jaicp' }))).toEqual([
      expect.stringContaining('channels[0].dialect: a connector speaks the Bot API'),
    ]);
  });

  it('has its token from the environment or a file, read anew each time, and never in the settings', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'connector-'));
    const tokenFile = path.join(folder, 'token');
    writeFileSync(tokenFile, 'first\n');
    const channel = load(channelWith({ tokenFile })).channels[0]!;
    expect(connectorToken(channel, ENV)).toBe('first');
    writeFileSync(tokenFile, 'second\n');
    expect(connectorToken(channel, ENV)).toBe('second');
    expect(connectorToken(channel, { DURABLE_CALLS_CONNECTOR_TOKEN_DEMO_BOT: 'third' })).toBe('third');
    rmSync(folder, { recursive: true });
    expect(connectorToken(channel, ENV)).toBeUndefined();
  });
});
