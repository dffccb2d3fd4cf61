import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECT_NAMES } from '../../contracts/dialects';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';

const ROOT = path.join(__dirname, '../..');
const START_LIMIT_MS = 180_000;
const BOTS = [...DIALECT_NAMES, 'sip'];

/** What `npm start` and `npm run example` run. */
const npmRun = (...args: string[]): string[] => [path.join(ROOT, 'launch/run.js'), ...args];

let data: string;
let start: ChildProcess;
let output = '';
/** Takes the SIP server's usual control port, as an `npm start` with its usual ports does; somebody else may have it just as well. */
const usualControlPort = createServer().on('error', () => undefined);

beforeAll(async () => {
  usualControlPort.listen(9023, '127.0.0.1');
  data = await mkdtemp(path.join(tmpdir(), 'durable-calls-examples-'));
  start = spawn(process.execPath, npmRun('start', '--free-ports', '--no-demo', '--data', data), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [start.stdout, start.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await eventually(
    () => output.includes('Ctrl-C stops everything') || start.exitCode !== null,
    'npm start',
    START_LIMIT_MS
  );
  if (start.exitCode !== null) throw new Error(output);
}, START_LIMIT_MS + 5_000);

afterAll(async () => {
  const exited = once(start, 'exit');
  start.kill('SIGTERM');
  usualControlPort.close();
  await exited;
  await rm(data, { recursive: true, force: true });
});

const example = (name: string, folder = data): Promise<Ended> => runToEnd('example', name, '--data', folder);

interface Ended {
  code: number;
  output: string;
}

function runToEnd(...args: string[]): Promise<Ended> {
  return new Promise((done) => {
    const child = execFile(process.execPath, npmRun(...args), (_, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, output: stdout + stderr })
    );
  });
}

describe('a bot of the examples', () => {
  it.each(BOTS)('%s asks for a transfer that fails, hears so, asks again, and hears the end', async (name) => {
    const { code, output } = await example(name);
    expect(output).toContain('The bot heard that a transfer failed, that one was answered, and the end.');
    expect(code).toBe(0);
  });

  it('answers every event before it goes', () => expect(output).not.toContain('webhook unreachable'));

  it('stands in a file of its own', async () => {
    const files = (await readdir(path.join(ROOT, 'examples/bots'))).map((file) => path.basename(file, '.js'));
    expect(files.sort()).toEqual([...BOTS, 'http-bot'].sort());
  });

  it('says where to begin when nothing runs', async () => {
    const { code, output } = await example('bot-api', path.join(data, 'elsewhere'));
    expect(output).toContain('start it in another terminal');
    expect(code).toBe(1);
  });
});

describe('npm run call', () => {
  it('calls a number, goes where REFERs lead, and ends with the call', async () => {
    const { code, output } = await runToEnd('call', '1000', '--data', data);
    expect(output).toMatch(/caller +reports on the transfer: 486[\s\S]+caller +reports on the transfer: 200/);
    expect(code).toBe(0);
  });

  it('is told of by npm start, with the way to its page', () =>
    expect(output).toMatch(/call \w+ from sip:visitor@\S+: http/));

  it('says so when nothing runs', async () => {
    const { code, output } = await runToEnd('call', '1000', '--sip-port', String(await freePort()));
    expect(output).toContain('start `npm start` in another terminal');
    expect(code).toBe(1);
  });

  it('tells that nobody is there', async () => {
    const { code, output } = await runToEnd('call', '9999', '--data', data);
    expect(output).toContain('404');
    expect(code).toBe(1);
  });

  it('hangs up when its time is over', async () => {
    const { code, output } = await runToEnd('call', '2000', '--seconds', '1', '--data', data);
    expect(output).toMatch(/caller +hangs up/);
    expect(code).toBe(0);
  });
});
