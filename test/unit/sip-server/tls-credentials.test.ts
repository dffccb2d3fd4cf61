import { renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { CredentialsError, TlsCredentials } from '../../../sip-server/transport/tls-credentials';
import type { TlsFiles } from '../../../sip-server/transport/tls-credentials';
import { Authority } from '../../support/certificates';

let authority: Authority;
let logged: string[];

beforeEach(() => {
  authority = new Authority();
  logged = [];
});

afterEach(() => authority.remove());

function load(files: TlsFiles): TlsCredentials {
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) });
  return new TlsCredentials({ ...files, verify: 'name' }, log);
}

describe('TlsCredentials', () => {
  it('refuse a missing, mismatching, expired or unreadable file, and name it', () => {
    const good = authority.issue('good');
    const missing = path.join(authority.folder, 'missing.pem');
    const garbage = path.join(authority.folder, 'garbage.pem');
    writeFileSync(garbage, 'no PEM');
    const refusal = (files: TlsFiles): (() => unknown) => {
      return () => load(files);
    };
    expect(refusal({ ...good, certFile: missing })).toThrow(CredentialsError);
    expect(refusal({ ...good, certFile: missing })).toThrow(`cannot read ${missing}`);
    expect(refusal({ ...good, keyFile: authority.issue('other').keyFile })).toThrow(/other\.key does not belong to/);
    expect(refusal(authority.issue('old', { days: -1 }))).toThrow(/old\.pem expired/);
    expect(refusal({ ...good, certFile: garbage })).toThrow(`${garbage} holds no usable certificate`);
    expect(refusal({ ...good, keyFile: garbage })).toThrow(`${garbage} holds no usable private key`);
    expect(refusal({ ...good, caFile: garbage })).toThrow(`${garbage} holds no usable certificate`);
  });

  it('keep the old ones when the new ones cannot be used', () => {
    const files = authority.issue('server');
    const credentials = load(files);
    const { options } = credentials;
    let reloads = 0;
    credentials.onReloaded(() => (reloads += 1));
    renameSync(authority.issue('other').keyFile, files.keyFile);
    credentials.reload();
    expect(credentials.options).toBe(options);
    expect(logged.join()).toContain('the old ones stay');
    authority.issue('server');
    credentials.reload();
    expect(credentials.options).not.toBe(options);
    expect(reloads).toBe(1);
  });

  it('are read again when a file changes', async () => {
    const files = authority.issue('server');
    const credentials = load(files);
    const { options } = credentials;
    const reloaded = new Promise<void>((resolve) => credentials.onReloaded(resolve));
    credentials.watch();
    authority.issue('server');
    const later = new Date(statSync(files.certFile).mtimeMs + 5000);
    utimesSync(files.certFile, later, later);
    await reloaded;
    credentials.unwatch();
    expect(credentials.options).not.toBe(options);
  });
});
