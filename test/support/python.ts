import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const FOLDER = path.join(__dirname, '../../.cache/python');
const PACKAGE = 'temporalio==1.35.0';
const INSTALL_LIMIT_MS = 240_000;

/** A Python with the Temporal SDK, installed where there is none yet; undefined where it cannot be had. */
export async function pythonWithTemporal(): Promise<string | undefined> {
  const own = path.join(FOLDER, 'bin/python');
  for (const python of [own, 'python3']) if (await hasTemporal(python)) return python;
  try {
    await run('python3', ['-m', 'venv', FOLDER]);
    await run(own, ['-m', 'pip', 'install', '--quiet', '--retries', '1', '--timeout', '20', PACKAGE], {
      timeout: INSTALL_LIMIT_MS,
    });
  } catch {
    return undefined;
  }
  return (await hasTemporal(own)) ? own : undefined;
}

function hasTemporal(python: string): Promise<boolean> {
  return run(python, ['-c', 'import temporalio.client']).then(
    () => true,
    () => false
  );
}
