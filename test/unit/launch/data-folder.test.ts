import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataFolder } from '../../../launch/data-folder';

const silent = (): void => undefined;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'durable-calls-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that waits, with extra words on its command line. */
async function waitingProcess(...words: string[]): Promise<{ pid: number; ended: Promise<unknown>; end: () => void }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', ...words]);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => child.once('spawn', resolve));
  return { pid: child.pid ?? 0, ended, end: () => child.kill('SIGKILL') };
}

describe('the data folder', () => {
  it('makes a secret once, for its owner only', async () => {
    const first = await DataFolder.claim(folder, silent);
    const secret = readFileSync(first.secretFile, 'utf8');
    const second = await DataFolder.claim(folder, silent);
    expect(readFileSync(second.secretFile, 'utf8')).toBe(secret);
    expect(secret.trim().length).toBeGreaterThanOrEqual(32);
    expect(statSync(first.secretFile).mode & 0o777).toBe(0o600);
  });

  it('belongs to one supervisor at a time', async () => {
    const other = await waitingProcess('launch/run.js', 'start');
    writeFileSync(join(folder, 'supervisor.json'), JSON.stringify({ supervisor: other.pid, services: [] }));
    await expect(DataFolder.claim(folder, silent)).rejects.toThrow(
      `in use by another durable-calls (pid ${other.pid})`
    );
    other.end();
    await other.ended;
    await expect(DataFolder.claim(folder, silent)).resolves.toBeInstanceOf(DataFolder);
  });

  it('rids itself of the Temporal server that a killed supervisor left behind', async () => {
    const leftover = await waitingProcess('server', 'start-dev', join(folder, 'temporal.db'));
    writeFileSync(join(folder, 'supervisor.json'), JSON.stringify({ supervisor: 999_999, services: [leftover.pid] }));
    await DataFolder.claim(folder, silent);
    await expect(leftover.ended).resolves.toBeDefined();
  });

  it('does not touch another process that got the old pid', async () => {
    const stranger = await waitingProcess('something else');
    writeFileSync(join(folder, 'supervisor.json'), JSON.stringify({ supervisor: 999_999, services: [stranger.pid] }));
    await DataFolder.claim(folder, silent);
    expect(() => process.kill(stranger.pid, 0)).not.toThrow();
    stranger.end();
    await stranger.ended;
  });
});
