import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ENV, load, placelessFaultsOf } from './config-file';

describe('the control port of the SIP server', () => {
  it('is not known without a token, and nothing is reconciled', () => {
    expect(load({}).sipServer).not.toHaveProperty('control');
  });

  it('is beside the port of the applications, with the SIP server’s own variable before a file', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'control-'));
    const controlTokenFile = path.join(folder, 'token');
    writeFileSync(controlTokenFile, 'from-file\n');
    const sipServer = { host: '::1', controlPort: 9123, controlTokenFile };
    expect(load({ sipServer }).sipServer.control).toEqual({ url: 'http://[::1]:9123', token: 'from-file' });
    const env = { ...ENV, SIP_CONTROL_TOKEN: 'from-env' };
    expect(load({ sipServer }, env).sipServer.control).toMatchObject({ token: 'from-env' });
    rmSync(folder, { recursive: true });
  });

  it('is refused with a file that cannot be read', () => {
    const sipServer = { controlTokenFile: '/nonexistent/token' };
    expect(placelessFaultsOf({ sipServer })).toEqual([
      expect.stringMatching(/^sipServer\.controlTokenFile: cannot be read: /),
    ]);
  });

  it('has settings of its own, with the defaults of the documentation', () => {
    expect(load({}).reconciliation).toEqual({ graceS: 30, perSecond: 50 });
    expect(placelessFaultsOf({ reconciliation: { perSecond: 0 } })).toHaveLength(1);
  });
});
