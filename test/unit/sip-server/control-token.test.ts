import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { controlToken } from '../../../sip-server/control/control-token';
import { OptionError } from '../../../sip-server/option-error';

const folder = mkdtempSync(join(tmpdir(), 'control-token-'));

describe('the token of the control port', () => {
  it('is made in its file when that does not exist, and found there the next time', () => {
    const file = join(folder, 'made');
    const { token } = controlToken(file, {});
    expect(token.length).toBeGreaterThan(30);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(controlToken(file, { SIP_CONTROL_TOKEN: 'other' }).token).toBe(token);
  });

  it('comes from the environment when no file is named', () => {
    expect(controlToken(undefined, { SIP_CONTROL_TOKEN: 'from-env' })).toMatchObject({
      token: 'from-env',
      file: undefined,
    });
  });

  it('is made for one process, in a file that goes with it', () => {
    const { token, file = '', forget } = controlToken(undefined, {});
    expect(readFileSync(file, 'utf8').trim()).toBe(token);
    forget();
    expect(existsSync(file)).toBe(false);
  });

  it('is refused when its file is empty or cannot be made', () => {
    const empty = join(folder, 'empty');
    writeFileSync(empty, '\n');
    expect(() => controlToken(empty, {})).toThrow(OptionError);
    expect(() => controlToken(join(folder, 'no', 'such', 'folder'), {})).toThrow(/cannot write/);
    expect(() => controlToken(folder, {})).toThrow(/cannot read/);
  });
});
