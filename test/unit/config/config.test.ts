import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it, expect } from '@jest/globals';
import { loadConfig } from '../../../config/config';
import { channel, ENV, EXAMPLE, faultsOf, load, placelessFaultsOf, trunk } from './config-file';

/** Of every API that is given nothing else. */
const DEFAULTS = { rateLimit: { perSecond: 50, burst: 100 }, channelTokens: [] };

describe('loadConfig', () => {
  it('reads the example, whose commented settings are valid too', () => {
    expect(loadConfig(EXAMPLE, ENV)).toMatchObject({ node: 'local', trunks: [{ id: 'demo' }] });
    const uncommented = readFileSync(EXAMPLE, 'utf8').replace(
      /^( +)# (publicUrl|backupHosts|outboundProxy|authUser|register|keepAliveS|allowTargets:$| {2}- ')/gm,
      '$1$2'
    );
    expect(load(uncommented)).toMatchObject({
      api: { publicUrl: 'https://calls.example.com' },
      trunks: [{ allowTargets: ['@pbx.example.com'] }],
    });
  });

  it('fills in the defaults', () => {
    expect(load({})).toEqual({
      node: 'local',
      sipServer: { host: '127.0.0.1', port: 9022, secret: 'cymru' },
      reconciliation: { graceS: 30, perSecond: 50 },
      worker: { stopWithinS: 8 },
      api: { host: '127.0.0.1', port: 8080, publicUrl: 'http://127.0.0.1:8080', ...DEFAULTS },
      records: { folder: '.data/records' },
      calls: {},
      trunks: [
        {
          ...trunk,
          backupHosts: [],
          failoverMs: 5_000,
          incoming: true,
          requireRegistered: false,
          preserveTelUri: false,
          transport: 'udp',
          passHeaders: [],
          ringTimeoutMs: 60_000,
          transferMethod: 'refer',
          referRefusedWith: [403, 603],
          lateOffer: false,
          maxCallMs: 4 * 3_600_000,
          allowTargets: ['@127.0.0.1'],
          denyTargets: ['emergency', 'premium'],
        },
      ],
      channels: [{ ...channel, presets: {}, takesDtmf: false, denyTargets: [] }],
    });
  });

  it('lets the environment go before the file', () => {
    const config = load(
      { node: 'one', api: { port: 8081 } },
      {
        ...ENV,
        DURABLE_CALLS_NODE: 'two',
        DURABLE_CALLS_API_PORT: '8082',
        DURABLE_CALLS_SIP_SERVER_HOST: 'sip.internal',
        DURABLE_CALLS_SIP_SERVER_PORT: '9023',
        DURABLE_CALLS_RECORDS: '/var/records',
        DURABLE_CALLS_API_URL: '',
      }
    );
    expect(config).toMatchObject({
      node: 'two',
      sipServer: { host: 'sip.internal', port: 9023 },
      api: { port: 8082, publicUrl: 'http://127.0.0.1:8082' },
      records: { folder: '/var/records' },
    });
  });

  it('names the variable when a setting of the environment is wrong', () => {
    expect(faultsOf({}, { ...ENV, DURABLE_CALLS_API_PORT: 'http' })).toEqual([
      'environment DURABLE_CALLS_API_PORT: must be a number (change it)',
    ]);
  });

  it('lists every fault with its line and what to do', () => {
    const text = [
      'node: Local',
      'api: { prt: 1 }',
      'trunks:',
      '  - id: a',
      '    login: 1000',
      '    sources: [10.0.0.0/8, 10.0.0.0/33]',
      "    allowTargets: ['(']",
      '    passHeaders: [From]',
      '    ringTimeoutMs: 1',
      'channels:',
      '  - botId: b',
      '    leg: tel:100',
    ].join('\n');
    expect(faultsOf(text, {})).toEqual([
      '1 node: must be 1 to 40 of a-z, 0-9 and "-" (rename the node)',
      '2 api.prt: is not a setting (known here: host, port, publicUrl, tokenFile, rateLimit)',
      '5 trunks[0].login: must be a string (write it in quotes)',
      '6 trunks[0].sources[1]: is not an IP address or CIDR range (as in 10.0.0.0/8)',
      '7 trunks[0].allowTargets[0]: is not a pattern for targets (correct it, see examples/durable-calls.yaml)',
      '8 trunks[0].passHeaders[0]: is set by the engine or the SIP stack (leave it out)',
      '9 trunks[0].ringTimeoutMs: must be at least 5000 (change it)',
      '11 channels[0].trunk: is missing (add it)',
      '12 channels[0].leg: must be a sip: URI (as in sip:bot@127.0.0.1:5070)',
      'environment DRACHTIO_SECRET: is missing (set it or DRACHTIO_SECRET_FILE)',
    ]);
  });

  it('finds the line of a fault behind a YAML alias', () => {
    const text = [
      'channels: [{ botId: b, trunk: t, leg: "sip:b@h" }]',
      'trunks:',
      '  - &t',
      '    id: t',
      '    login: "1"',
    ]
      .concat('    sources: []', '  - *t')
      .join('\n');
    expect(faultsOf(text)).toEqual([
      '4 trunks[1].id: is the id of trunks[0] too (give each its own)',
      '6 trunks[0].sources: is empty (list where the trunk sends from)',
      '6 trunks[1].sources: is empty (list where the trunk sends from)',
    ]);
  });

  it('names the line of a YAML mistake', () => {
    expect(faultsOf('node: local\nnode: other\n')).toEqual([
      expect.stringMatching(/^2 file: .*unique.* \(correct the YAML\)$/),
    ]);
    expect(faultsOf('')).toEqual(['1 file: must be an object (change it)']);
  });

  it('names a file that cannot be read', () => {
    expect(() => loadConfig('/nowhere/calls.yaml', ENV)).toThrow('/nowhere/calls.yaml: cannot be read: ENOENT');
  });
});

describe('secrets', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'secrets-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('come from files where asked', () => {
    const [secretFile, tokenFile] = [path.join(folder, 'secret'), path.join(folder, 'token')];
    writeFileSync(secretFile, 's3cret\n');
    writeFileSync(tokenFile, 't0ken\n');
    expect(load({ api: { tokenFile } }, { DRACHTIO_SECRET_FILE: secretFile })).toMatchObject({
      sipServer: { secret: 's3cret' },
      api: { token: 't0ken' },
    });
  });

  it('come from the environment before a file', () => {
    const tokenFile = path.join(folder, 'missing');
    const { api } = load({ api: { tokenFile } }, { ...ENV, DURABLE_CALLS_API_TOKEN: 'abc' });
    expect(api).toEqual({
      host: '127.0.0.1',
      port: 8080,
      publicUrl: 'http://127.0.0.1:8080',
      token: 'abc',
      ...DEFAULTS,
    });
  });

  it('are refused in the file, with the way to give them', () => {
    expect(placelessFaultsOf({ sipServer: { secret: 'x' }, api: { token: 'x' } })).toEqual([
      'sipServer.secret: is not a setting (secrets are not kept here: set DRACHTIO_SECRET or DRACHTIO_SECRET_FILE)',
      'api.token: is not a setting (secrets are not kept here: set tokenFile or an environment variable, see examples/durable-calls.yaml)',
    ]);
  });

  it('are refused when ambiguous, unreadable or unfit for a header', () => {
    const both = { ...ENV, DRACHTIO_SECRET_FILE: '/secret' };
    expect(faultsOf({}, both)).toEqual([
      'environment DRACHTIO_SECRET_FILE: DRACHTIO_SECRET is set too (set one of them)',
    ]);
    expect(faultsOf({}, { ...ENV, DURABLE_CALLS_API_TOKEN: 'a b' })).toEqual([
      'environment DURABLE_CALLS_API_TOKEN: must be printable ASCII without spaces (choose another)',
    ]);
    expect(placelessFaultsOf({ api: { tokenFile: path.join(folder, 'none') } })).toEqual([
      expect.stringMatching(/^api\.tokenFile: cannot be read: ENOENT/),
    ]);
  });
});

describe('the API address', () => {
  const refusal = expect.stringMatching(/^api\.host: .* is not loopback and the API has no token \(set DURABLE_CALLS/);

  it.each(['0.0.0.0', '192.168.1.5', '::', 'calls.example.com'])('needs a token on %s', (host) => {
    const api = { host, publicUrl: 'https://calls.example.com/' };
    expect(placelessFaultsOf({ api })).toEqual([refusal]);
    expect(load({ api }, { ...ENV, DURABLE_CALLS_API_TOKEN: 'abc' }).api).toEqual({
      host,
      port: 8080,
      publicUrl: 'https://calls.example.com',
      token: 'abc',
      ...DEFAULTS,
    });
  });

  it.each([
    ['127.0.0.1', 'http://127.0.0.1:8080'],
    ['127.9.9.9', 'http://127.9.9.9:8080'],
    ['localhost', 'http://localhost:8080'],
    ['::1', 'http://[::1]:8080'],
  ])('needs none on %s', (host, publicUrl) => {
    expect(load({ api: { host } }).api).toEqual({ host, port: 8080, publicUrl, ...DEFAULTS });
  });

  it('must be told to bots where it does not follow from the listener', () => {
    expect(placelessFaultsOf({ api: { port: 0 } })).toEqual([
      'api.port: 0 does not say where bots reach the API (set api.publicUrl)',
    ]);
    expect(placelessFaultsOf({ api: { host: '0.0.0.0' } }, { ...ENV, DURABLE_CALLS_API_TOKEN: 'abc' })).toEqual([
      'api.host: 0.0.0.0 does not say where bots reach the API (set api.publicUrl)',
    ]);
  });
});
