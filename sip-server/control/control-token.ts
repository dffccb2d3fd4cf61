import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { OptionError } from '../option-error';

/** What operators authenticate with. */
export interface ControlToken {
  token: string;
  /** Where it can be read; undefined when the environment gave it. */
  file: string | undefined;
  /** Removes a file that was made for this process alone. */
  forget: () => void;
}

/**
 * The token of a file, made there when the file does not exist; else that of `SIP_CONTROL_TOKEN`; else a new one in a new file that only
 * this user can read.
 * @throws OptionError
 */
export function controlToken(file: string | undefined, env: NodeJS.ProcessEnv): ControlToken {
  if (file !== undefined) return { token: readOrMake(file), file, forget: () => undefined };
  const given = env['SIP_CONTROL_TOKEN'] ?? '';
  if (given !== '') return { token: given, file: undefined, forget: () => undefined };
  const made = join(mkdtempSync(join(tmpdir(), 'sip-server-')), 'control-token');
  return { token: make(made), file: made, forget: () => rmSync(dirname(made), { recursive: true, force: true }) };
}

function readOrMake(file: string): string {
  try {
    const token = readFileSync(file, 'utf8').trim();
    if (token !== '') return token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return make(file);
    throw new OptionError(`--control-token-file: cannot read ${file}: ${(error as Error).message}`);
  }
  throw new OptionError(`--control-token-file: ${file} is empty`);
}

function make(file: string): string {
  const token = randomBytes(24).toString('base64url');
  try {
    writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new OptionError(`--control-token-file: cannot write ${file}: ${(error as Error).message}`);
  }
  return token;
}
