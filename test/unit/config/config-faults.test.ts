import { describe, expect, it } from '@jest/globals';
import { channel, ENV, faultsOf, placelessFaultsOf, trunk } from './config-file';

describe('faults between settings', () => {
  it('show together with those within settings, each with its line, in the order of the file', () => {
    const text = [
      'node: Local',
      'api: { host: 0.0.0.0, prt: 1 }',
      'trunks:',
      '  - { id: a, login: "1000", host: pbx.example, sources: [10.0.0.1] }',
      '  - id: a',
      '    login: "+1000"',
      '    host: pbx.example:5060',
      '    sources: [10.0.0.2]',
      '    ringTimeoutMs: 1',
      '  - not a trunk',
      'channels:',
      '  - { botId: b, trunk: a, leg: "tel:1" }',
      '  - botId: b',
      '    trunk: a',
      '    takesDtmf: maybe',
    ].join('\n');
    expect(faultsOf(text, {})).toEqual([
      '1 node: must be 1 to 40 of a-z, 0-9 and "-" (rename the node)',
      expect.stringMatching(/^2 api\.prt: is not a setting/),
      '5 trunks[1].id: is the id of trunks[0] too (give each its own)',
      '6 trunks[1].login: is the login of trunk a too, at the same host and port (change it)',
      '9 trunks[1].ringTimeoutMs: must be at least 5000 (change it)',
      '10 trunks[2]: must be an object (change it)',
      '12 channels[0].leg: must be a sip: URI (as in sip:bot@127.0.0.1:5070)',
      '13 channels[1].botId: is the botId of channels[0] too (give each its own)',
      '13 channels[1].botId: the bot has neither leg nor webhook, connector or websocket (add one of them)',
      '14 channels[1].trunk: trunk a has channels[0] already (give each trunk one channel at most)',
      '15 channels[1].takesDtmf: must be a boolean (change it)',
      'environment DRACHTIO_SECRET: is missing (set it or DRACHTIO_SECRET_FILE)',
    ]);
  });

  it('show beside a fault elsewhere: a channel without trunk, presets, secrets that cannot be read', () => {
    const presets = { transferChannel: 'nobody', transferTarget: 'sip:a@elsewhere.example' };
    const content = {
      calls: { historyEventsPerRun: 1 },
      records: { push: { url: 'http://127.0.0.1:8081/', tokenFile: '/nowhere/token' } },
      trunks: [{ ...trunk, passwordFile: '/nowhere/password' }],
      channels: [
        { ...channel, trunk: 'other', tokenFile: '/nowhere/token' },
        { ...channel, botId: 'b2', presets },
      ],
    };
    expect(placelessFaultsOf(content, ENV).map((line) => line.replace(/ENOENT.*/, 'ENOENT'))).toEqual([
      'trunks[0].passwordFile: cannot be read: ENOENT',
      'channels[0].trunk: no trunk has the id other (use one of demo)',
      'channels[0].tokenFile: cannot be read: ENOENT',
      'channels[1].presets.transferChannel: no channel has this botId (use one of demo-bot, b2)',
      expect.stringMatching(/^channels\[1\]\.presets\.transferTarget: sip:a@elsewhere\.example is not allowed/),
      'calls.historyEventsPerRun: must be at least 200 (change it)',
      'records.push.tokenFile: cannot be read: ENOENT',
    ]);
  });

  it.each<[string, object, string]>([
    ['the id of a trunk', { trunks: [{ ...trunk, id: 'a b' }] }, 'trunks[0].id'],
    ['the trunks', { trunks: 'none' }, 'trunks'],
    ['the host of a trunk', { trunks: [{ ...trunk, host: ':', register: {}, keepAliveS: 5 }] }, 'trunks[0].host'],
    ['the sources of a trunk', { trunks: [{ ...trunk, sources: ['x'] }] }, 'trunks[0].sources[0]'],
    ['the leg of a bot', { channels: [{ ...channel, leg: 'tel:1' }] }, 'channels[0].leg'],
    [
      'a botId',
      { channels: [{ ...channel, botId: '', presets: { transferChannel: 'demo-bot' } }] },
      'channels[0].botId',
    ],
    ['the API', { api: { host: '0.0.0.0', publicUrl: 'x' } }, 'api.publicUrl'],
  ])('are not guessed from what is malformed: %s', (_, content, path) =>
    expect(placelessFaultsOf(content)).toEqual([expect.stringContaining(`${path}: `)])
  );
});
