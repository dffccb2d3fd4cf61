import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { configJsonSchema } from '../../../config/json-schema';
import { channel, faultsOf, load, placelessFaultsOf, trunk } from './config-file';

/** What an editor knows of a configuration. */
const schema = z.fromJSONSchema(configJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);

type Case = [what: string, settings: object];

const withTrunk = (settings: object): object => ({ trunks: [{ ...trunk, ...settings }], channels: [channel] });
const withChannel = (settings: object): object => ({ trunks: [trunk], channels: [{ ...channel, ...settings }] });

const malformed: Case[] = [
  ...[
    { login: 1000 },
    { login: '' },
    { login: '++49' },
    { login: 'sip:1000@pbx.example' },
    ...['a;b', 'a>b', 'a"b', 'a%20b', 'a b', 'a:b', 'a,b', 'a?b'].map((login) => ({ login })),
    ...[
      'host:0',
      'host:65536',
      'host:99999',
      'sip:host',
      'a..b',
      '-',
      '2001:db8::1',
      'host ',
      'host;transport=tls',
    ].map((host) => ({ host })),
    { outboundProxy: 'proxy:abc' },
    { backupHosts: ['proxy:70000'] },
    { transport: 'sctp' },
    { sources: [] },
    { sources: ['pbx.example'] },
    { sources: '10.0.0.1' },
    { register: true },
    { register: { expiresS: 9 } },
    { register: { expiresS: '600' } },
    { incoming: 'yes' },
    { maxCalls: 0 },
    { keepAliveS: 1.5 },
    { passHeaders: ['X Y'] },
    { Register: {} },
  ].map((settings): Case => [`trunk ${JSON.stringify(settings)}`, withTrunk(settings)]),
  ...[
    { trunk: undefined },
    { leg: 'tel:1' },
    { leg: 'sips:bot@pbx.example' },
    { webhook: 'ftp://pbx.example/' },
    { presets: null },
  ].map((settings): Case => [`channel ${JSON.stringify(settings)}`, withChannel(settings)]),
];

const sound: Case[] = [
  ...[
    ...['+4930111', 'alice', 'a.b-c_d', '12*3', '12#3', '*101', 'jürg', 'ext/7'].map((login) => ({ login })),
    ...[
      'pbx',
      'PBX.example.com.',
      'pbx.example:1',
      '10.0.0.1:65535',
      '[2001:db8::1]',
      '[::1]:5070',
      'xn--a-b.example',
    ].map((host) => ({ host })),
    ...['2001:db8::/32', '::ffff:10.0.0.1', '10.0.0.0/8'].map((source) => ({ sources: [source] })),
    { host: 'pbx', register: {} },
    { host: 'pbx', register: { retryMinS: 5, retryMaxS: 5 } },
    { transport: 'tcp' },
    { transport: 'tls' },
    { passHeaders: ['X-Customer', "X.!*_+`'~"] },
  ].map((settings): Case => [`trunk ${JSON.stringify(settings)}`, withTrunk(settings)]),
  ...[{ leg: 'SIP:bot@pbx.example' }, { webhook: 'HTTPS://pbx.example/events?x=1' }].map((settings): Case => [
    `channel ${JSON.stringify(settings)}`,
    withChannel(settings),
  ]),
];

describe('a setting that is malformed by itself', () => {
  it.each(malformed)('is refused by the loader and by editors: %s', (_, content) => {
    expect(faultsOf(content)).toEqual([expect.stringMatching(/^\d+ (trunks|channels)\[0\]/)]);
    expect(schema.safeParse(content).success).toBe(false);
  });

  it.each(sound)('is not: %s', (_, content) => {
    expect(load(content).trunks).toHaveLength(1);
    expect(schema.safeParse(content).success).toBe(true);
  });

  it.each([
    ['host', 'is not an IP address (as in 127.0.0.1 or [::1])', '300.1.1.1'],
    ['host', 'is not an IP address (as in 127.0.0.1 or [::1])', '[::::]:5060'],
    ['host', 'is not an IP address (as in 127.0.0.1 or [::1])', '1000'],
    ['register.retryMaxS', 'is shorter than retryMinS (change one of them)', { retryMinS: 10, retryMaxS: 9.5 }],
  ])('is refused by the loader, which knows more: %s %s', (path, message, value) => {
    const [name = ''] = path.split('.');
    expect(placelessFaultsOf(withTrunk({ host: 'pbx', [name]: value }))).toEqual([`trunks[0].${path}: ${message}`]);
  });
});

describe('what is no YAML', () => {
  const aliases = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let n = 1; n < 6; n++)
    aliases.push(
      `a${n}: &a${n} [${Array<string>(10)
        .fill(`*a${n - 1}`)
        .join(', ')}]`
    );

  it.each([
    ['an alias without an anchor', 'trunks:\n  - id: a\n    sources: *where\n', 3, 'No anchor &where stands before'],
    ['aliases of aliases without end', aliases.join('\n'), 1, 'Excessive alias count'],
    ['a tab', 'trunks:\n\t- id: a\n', 2, 'Tabs are not allowed'],
    ['two documents', 'trunks: []\n---\ntrunks: []\n', 2, 'multiple documents'],
    ['a setting twice', 'node: a\nnode: b\n', 2, 'Map keys must be unique'],
  ])('is told with its line: %s', (_, text, line, message) => {
    expect(faultsOf(text)).toEqual([
      expect.stringMatching(new RegExp(`^${line} file: .*${message}.*\\(correct the YAML\\)$`)),
    ]);
  });

  it('leaves aliases that have an anchor as they are', () => {
    const text = [
      'trunks:',
      '  - { id: a, login: "1", sources: &where [10.0.0.1] }',
      '  - { id: b, login: "2", sources: *where }',
      'channels:',
      '  - { botId: a, trunk: a, leg: "sip:a@10.0.0.2" }',
    ].join('\n');
    expect(load(text).trunks.map(({ sources }) => sources)).toEqual([['10.0.0.1'], ['10.0.0.1']]);
  });
});
