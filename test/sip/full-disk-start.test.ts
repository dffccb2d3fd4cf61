import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { freePort } from '../support/free-port';

const DIST = path.join(__dirname, '../../dist');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'full-disk-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Starts a process whose files cannot grow, as on a disk that is full. @returns how it ended */
async function endOf(script: string, args: string[], isFull = true): Promise<{ code: unknown; output: string }> {
  const limit = isFull ? '0' : 'unlimited';
  const env = { ...process.env, DRACHTIO_SECRET: 'secret' };
  const command = [`--fsize=${limit}:unlimited`, process.execPath, path.join(DIST, script), ...args];
  const child = spawn('prlimit', command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/** A folder that nobody can make. */
async function notMade(): Promise<string> {
  await writeFile(path.join(folder, 'taken'), '');
  return path.join(folder, 'taken', 'below');
}

async function serverOptions(store: string): Promise<string[]> {
  const [sip, admin] = [await freePort(), await freePort()];
  const where = ['--listen', `udp:127.0.0.1:${sip}`, '--admin', `127.0.0.1:${admin}`, '--control', 'off'];
  return [...where, '--store', store];
}

async function workerConfig(records: string): Promise<string> {
  const file = path.join(folder, 'worker.yaml');
  const config = {
    node: 'full',
    sipServer: { host: '127.0.0.1', port: await freePort() },
    records: { folder: records },
    trunks: [{ id: 'trunk', login: '1000', sources: ['127.0.0.1'], host: '127.0.0.1:5090' }],
    channels: [{ botId: 'bot', trunk: 'trunk', leg: 'sip:bot@127.0.0.1:5091' }],
  };
  await writeFile(file, stringify(config));
  return file;
}

describe('a start', () => {
  it('of the SIP server on a full disk ends with exit code 1 and what to do, and not by a signal', async () => {
    const { code, output } = await endOf('sip-server/main.js', await serverOptions(path.join(folder, 'store')));
    expect({ code, output }).toMatchObject({
      code: 1,
      output: expect.stringMatching(
        /^sip-server: cannot write to the store in .*EFBIG.*Raise the limit of file sizes;/
      ),
    });
  });

  it('of the SIP server on a folder that cannot be made does as well', async () => {
    const { code, output } = await endOf('sip-server/main.js', await serverOptions(await notMade()), false);
    expect({ code, output }).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^sip-server: cannot write to the store in .*taken\/below: ENOTDIR/),
    });
  });

  it('of a worker whose records folder cannot be written ends with exit code 1 and what to do', async () => {
    const { code, output } = await endOf('worker/main.js', ['--config', await workerConfig(await notMade())], false);
    expect({ code, output }).toMatchObject({
      code: 1,
      output: expect.stringMatching(/call records cannot be written to .*taken\/below: .*set records\.folder/),
    });
  });
});
