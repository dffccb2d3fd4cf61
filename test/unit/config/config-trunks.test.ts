import path from 'node:path';
import { describe, it, expect } from '@jest/globals';
import { readTarget } from '../../../contracts/transfer-target';
import { loadConfig } from '../../../config/config';
import { trunkCredentials } from '../../../config/passwords';
import { channel, ENV, EXAMPLE, load, placelessFaultsOf, trunk } from './config-file';

describe('trunks and channels', () => {
  const second = { ...trunk, id: 'second', login: '2000' };
  const secondChannel = { ...channel, botId: 'second-bot', trunk: 'second' };

  it('may be two logins at one provider, as in the example', () => {
    const { trunks, channels } = loadConfig(path.join(path.dirname(EXAMPLE), 'two-logins.yaml'), ENV);
    expect(trunks.map(({ login, sources }) => [login, sources])).toEqual([
      ['+4930111', ['127.0.0.1']],
      ['+4930222', ['127.0.0.1']],
    ]);
    expect(channels.map(({ botId, trunk: id }) => [botId, id])).toEqual([
      ['sales-bot', 'sales'],
      ['support-bot', 'support'],
    ]);
  });

  it('have ids of their own', () => {
    const content = { trunks: [trunk, { ...second, id: 'demo' }], channels: [channel, { ...channel, trunk: 'demo' }] };
    expect(placelessFaultsOf(content)).toEqual(
      expect.arrayContaining([
        'trunks[1].id: is the id of trunks[0] too (give each its own)',
        'channels[1].botId: is the botId of channels[0] too (give each its own)',
      ])
    );
  });

  it('belong together one by one', () => {
    expect(placelessFaultsOf({ trunks: [trunk, second] })).toEqual([]);
    expect(placelessFaultsOf({ channels: [channel, { ...secondChannel, trunk: 'demo' }] })).toEqual([
      'channels[1].trunk: trunk demo has channels[0] already (give each trunk one channel at most)',
    ]);
    expect(placelessFaultsOf({ channels: [channel, secondChannel] })).toEqual([
      'channels[1].trunk: no trunk has the id second (use one of demo)',
    ]);
  });

  it('say what a setting needs beside it', () => {
    const bare = { id: 'demo', login: '1000', register: {}, keepAliveS: 30 };
    expect(placelessFaultsOf({ trunks: [bare] })).toEqual([
      'trunks[0].sources: is missing (list where the trunk sends from, or set incoming: false)',
      'trunks[0].register: needs a host to register with (add host)',
      'trunks[0].keepAliveS: needs a host to ask (add host)',
    ]);
    expect(placelessFaultsOf({ trunks: [{ ...trunk, requireRegistered: true }] })).toEqual([
      'trunks[0].requireRegistered: the trunk does not register (add register)',
    ]);
    const named = { ...bare, host: 'sip.example.com' };
    expect(placelessFaultsOf({ trunks: [named] })).toHaveLength(1);
    expect(placelessFaultsOf({ trunks: [{ ...named, incoming: false }] })).toEqual([]);
    expect(load({ trunks: [{ ...bare, host: '[::1]:5070' }] }).trunks[0]!.sources).toEqual(['::1']);
    const { sources, allowTargets } = load({
      trunks: [
        { ...bare, host: '10.0.0.1:5070', backupHosts: ['sip.example.com', '10.0.0.2'], outboundProxy: '[::2]:5070' },
      ],
    }).trunks[0]!;
    expect(sources).toEqual(['10.0.0.1', '10.0.0.2', '::2']);
    expect(allowTargets).toEqual(['@10.0.0.1']);
  });

  it('keep their passwords outside of the file', () => {
    const passwordFile = '/nowhere/password';
    expect(placelessFaultsOf({ trunks: [{ ...trunk, password: 'x' }] })[0]).toContain('set passwordFile or');
    expect(placelessFaultsOf({ trunks: [{ ...trunk, passwordFile }] })).toEqual([
      expect.stringMatching(/^trunks\[0\]\.passwordFile: cannot be read/),
    ]);
    const env = { DURABLE_CALLS_PASSWORD_DEMO_1: 'secret' };
    expect(trunkCredentials({ id: 'demo.1', login: '+1000', passwordFile }, env)).toEqual({
      user: '+1000',
      password: 'secret',
    });
    expect(trunkCredentials({ id: 'demo', login: '1000', passwordFile }, {})).toBeUndefined();
  });

  it('have whatever password their provider has given them, and each its own', () => {
    const named = (id: string): object => ({ trunks: [trunk, { ...second, id }] });
    const variable = 'DURABLE_CALLS_PASSWORD_DEMO_1';
    expect(placelessFaultsOf(named('demo.1'), { ...ENV, [variable]: 'pass wörd' })).toEqual([]);
    expect(placelessFaultsOf(named('demo.1'), { ...ENV, [variable]: 'pass\nword' })).toEqual([
      `environment ${variable}: must be one line of text (correct it)`,
    ]);
    const twins = {
      trunks: [
        { ...trunk, id: 'demo-1' },
        { ...second, id: 'demo.1' },
      ],
      channels: [{ ...channel, trunk: 'demo.1' }],
    };
    expect(placelessFaultsOf(twins)).toEqual([]);
    expect(placelessFaultsOf(twins, { ...ENV, [variable]: 'secret' })).toEqual([
      `trunks[1].id: ${variable} is the password of trunk demo-1 too (rename one, or use passwordFile)`,
    ]);
  });

  it('may share a login only when their sources are apart', () => {
    const load2 = (sources: string[]): string[] =>
      placelessFaultsOf({
        trunks: [
          { ...trunk, sources: ['10.1.0.0/16'] },
          { ...second, login: '+1000', sources },
        ],
        channels: [channel, secondChannel],
      });
    const fault =
      'trunks[1].login: is the login of trunk demo too, and their sources overlap (change the login or the sources)';
    expect(load2(['10.2.0.0/16', '2001:db8::/32'])).toEqual([]);
    expect(load2(['10.1.2.3'])).toEqual([fault]);
    expect(load2(['10.0.0.0/8'])).toEqual([fault]);
  });

  it('have a login of their own at each host', () => {
    const at = (host: string, more: object = {}): string[] =>
      placelessFaultsOf({
        trunks: [
          { ...trunk, sources: ['10.1.0.0/16'], host: 'sip.example.com', ...more },
          { ...second, login: '+1000', sources: ['10.2.0.0/16'], host, ...more },
        ],
        channels: [channel, secondChannel],
      });
    expect(at('sip.example.com:5070')).toEqual([]);
    for (const host of ['SIP.example.com', 'sip.example.com:5060'])
      expect(at(host)).toEqual([
        'trunks[1].login: is the login of trunk demo too, at the same host and port (change it)',
      ]);
    expect(at('sip.example.com:5060', { transport: 'tls' })).toEqual([]);
    expect(at('sip.example.com:5061', { transport: 'tls' })).toHaveLength(1);
  });

  it('have presets that a bot could have sent', () => {
    const presets = {
      transferNotification: true,
      transferNotificationsHangupMS: 10_001,
      transferTarget: 'sip:agent@elsewhere.example',
      transferSipHeaders: [{ name: 'Via', value: '1' }],
      hangupReason: 'done',
    };
    expect(placelessFaultsOf({ channels: [{ ...channel, presets }] })).toEqual([
      expect.stringMatching(
        /^channels\[0\]\.presets\.transferNotification: is not a parameter \(known here: transferT/
      ),
      'channels[0].presets.transferNotificationsHangupMS: must be at most 10000 (change it)',
      expect.stringMatching(/^channels\[0\]\.presets\.transferTarget: sip:agent@elsewhere\.example is not allowed/),
      expect.stringMatching(/^channels\[0\]\.presets\.transferSipHeaders\[0\]\.name: Via may not be set/),
    ]);
  });

  it('are judged with their channel’s rules', () => {
    const presets = { transferTarget: 'sip:agent@127.0.0.1' };
    expect(placelessFaultsOf({ channels: [{ ...channel, presets, denyTargets: ['@127.0.0.1'] }] })).toEqual([
      expect.stringMatching(/is denied by "@127\.0\.0\.1" of the channel's denyTargets/),
    ]);
  });

  it.each(['ftp://bot/events', 'events', 'http://user:pw@127.0.0.1/'])('refuse the webhook %s', (webhook) => {
    expect(placelessFaultsOf({ channels: [{ ...channel, webhook }] })).toEqual([
      expect.stringMatching(/^channels\[0\]\.webhook: /),
    ]);
  });
});

describe('the targets that stand when a trunk lists none', () => {
  const { trunks } = loadConfig(EXAMPLE, ENV);
  const isAllowed = (target: string, more: object = {}): boolean => {
    const settings = { ...trunk, sources: ['10.0.0.1', '10.2.0.0/16', '2001:db8::1'], host: 'pbx.example.com:5080' };
    const [policy] = load({ trunks: [{ ...settings, ...more }] }).trunks;
    return 'target' in readTarget(target, policy!);
  };

  it('are any user at its host and its single addresses, on any port', () => {
    expect(trunks[0]!.allowTargets).toEqual(['@127.0.0.1']);
    for (const target of [
      '+4930123',
      'sip:agent@pbx.example.com',
      'sip:agent@PBX.example.com:5999;transport=tcp',
      'sips:agent@10.0.0.1',
      'sip:agent@[2001:db8::1]:5060',
    ])
      expect([target, isAllowed(target)]).toEqual([target, true]);
  });

  it('are nothing else', () => {
    for (const target of [
      'sip:agent@pbxXexample.com',
      'sip:agent@pbx.example.com.evil.example',
      'sip:agent@evil.example;x=pbx.example.com',
      'sip:agent@10.0.0.11',
      'sip:agent@10.2.0.1',
    ])
      expect([target, isAllowed(target)]).toEqual([target, false]);
  });

  it('are none on a trunk that names no single host', () => {
    expect(load({ trunks: [{ ...trunk, sources: ['10.0.0.0/8'] }] }).trunks[0]!.allowTargets).toEqual([]);
  });
});
