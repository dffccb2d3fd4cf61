import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { OptionError } from '../../../sip-server/option-error';
import { parseControl, settingsOf } from '../../../sip-server/options';
import type { Options } from '../../../sip-server/options';

const given = (options: Partial<Options> = {}): Options => ({
  listen: ['udp:127.0.0.1:5060'],
  admin: '127.0.0.1:9022',
  answerAfterMs: 1,
  ownerGraceMs: 2,
  routeWaitMs: 3,
  ...options,
});

const env = { DRACHTIO_SECRET: 'from-env' };

describe('command line options', () => {
  it('take addresses in one list or repeated', () => {
    const { listen } = settingsOf(given({ listen: ['udp:127.0.0.1:5060,tcp:10.0.0.1', 'UDP:[::1]:0'] }), env);
    expect(listen).toEqual([
      { protocol: 'udp', address: '127.0.0.1', port: 5060 },
      { protocol: 'tcp', address: '10.0.0.1', port: 5060 },
      { protocol: 'udp', address: '::1', port: 0 },
    ]);
  });

  it.each([
    ['foo', 'does not begin with udp:, tcp: or tls:'],
    ['sctp:127.0.0.1:5060', 'does not begin with udp:, tcp: or tls:'],
    ['udp:', 'is not <address>[:<port>]'],
    ['udp:127.0.0.1:99999', 'is not <address>[:<port>]'],
    ['udp:::1:5060', 'is not <address>[:<port>]'],
    ['udp:host:5060', '"host" of "udp:host:5060" is not an IP address'],
    ['tls:127.0.0.1:5061', 'needs --tls-cert <path> and --tls-key <path>'],
  ])('refuse --listen %s: it %s', (text, reason) => {
    const refused = (): unknown => settingsOf(given({ listen: [text] }), env);
    expect(refused).toThrow(OptionError);
    expect(refused).toThrow(reason);
  });

  it('take external address and local networks of one address and of all', () => {
    const text = 'udp:10.0.0.1:5060;external=203.0.113.1:5999;local=10.0.0.0/8;local=fc00::/7';
    const settings = settingsOf(given({ listen: [text], localNetwork: ['192.168.0.0/16,172.16.0.1'] }), env);
    expect(settings.listen).toEqual([
      {
        ...{ protocol: 'udp', address: '10.0.0.1', port: 5060 },
        ...{ external: { host: '203.0.113.1', port: 5999 }, localNetworks: ['10.0.0.0/8', 'fc00::/7'] },
      },
    ]);
    expect(settings.localNetworks).toEqual(['192.168.0.0/16', '172.16.0.1']);
  });

  it.each([
    ['udp:10.0.0.1;internal=10.0.0.2', 'is not external=… or local=…'],
    ['udp:10.0.0.1;external=a b', '--listen: "a b" is not <host>[:<port>]'],
    ['udp:10.0.0.1;local=10.0.0.0/40', '"10.0.0.0/40" is not <address>/<prefix length>'],
  ])('refuse --listen %s: %s', (text, reason) => {
    expect(() => settingsOf(given({ listen: [text] }), env)).toThrow(reason);
  });

  it('take the files for TLS', () => {
    const files = { tlsCert: 'cert.pem', tlsKey: 'key.pem' };
    const { listen, tls } = settingsOf(given({ listen: ['tls:127.0.0.1'], ...files }), env);
    expect(listen).toEqual([{ protocol: 'tls', address: '127.0.0.1', port: 5061 }]);
    expect(tls).toEqual({ certFile: 'cert.pem', keyFile: 'key.pem', caFile: undefined, verify: 'name' });
    expect(() => settingsOf(given({ tlsCert: 'cert.pem' }), env)).toThrow('--tls-cert and --tls-key go together');
    expect(() => settingsOf(given({ ...files, tlsVerify: 'maybe' }), env)).toThrow(
      '--tls-verify: "maybe" is not name, wildcard, none'
    );
  });

  it('take the external address with or without port', () => {
    expect(settingsOf(given({ external: 'sip.example.com' }), env).external).toEqual({ host: 'sip.example.com' });
    expect(settingsOf(given({ external: '203.0.113.9:5070' }), env).external).toEqual({
      host: '203.0.113.9',
      port: 5070,
    });
    expect(() => settingsOf(given({ external: 'a b' }), env)).toThrow(OptionError);
  });

  it('prefer the secret of a file, then of the environment', () => {
    const secretFile = join(mkdtempSync(join(tmpdir(), 'secret-')), 'secret');
    writeFileSync(secretFile, 'from-file\n');
    expect(settingsOf(given({ secret: 'from-option', secretFile }), env).secret).toBe('from-file');
    expect(settingsOf(given({ secret: 'from-option' }), env).secret).toBe('from-env');
    expect(settingsOf(given({ secret: 'from-option' }), {}).secret).toBe('from-option');
  });

  it('need a secret that fits in a frame', () => {
    expect(() => settingsOf(given(), {})).toThrow(/no secret/);
    expect(() => settingsOf(given(), { DRACHTIO_SECRET: 'a|b' })).toThrow(OptionError);
    expect(() => settingsOf(given({ secretFile: '/no/such/file' }), env)).toThrow(/cannot read/);
  });

  it('let operators in on loopback only', () => {
    expect(parseControl('127.0.0.1:0')).toEqual({ host: '127.0.0.1', port: 0 });
    expect(parseControl('[::1]:9100')).toEqual({ host: '::1', port: 9100 });
    expect(parseControl('localhost')).toEqual({ host: 'localhost', port: 9023 });
    expect(parseControl('off')).toBeUndefined();
    expect(() => parseControl('0.0.0.0:9023')).toThrow(OptionError);
    expect(() => parseControl('nonsense:')).toThrow(OptionError);
  });
});
