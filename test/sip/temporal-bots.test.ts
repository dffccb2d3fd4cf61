import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from '@jest/globals';
import type { InviteEngine } from '../support/invite-engine';
import { callForEachTest } from '../support/invite-engine';
import type { PhoneCall } from '../support/joined-call';
import { pythonWithTemporal } from '../support/python';

const run = promisify(execFile);
const ROOT = path.join(__dirname, '../..');
const EXAMPLES = path.join(ROOT, 'examples/temporal');

let on: InviteEngine;
let call: PhoneCall;
let python: string | undefined;

callForEachTest((engine, phones) => {
  [on, call] = [engine, phones];
});

beforeAll(async () => {
  python = await pythonWithTemporal();
}, 300_000);

/** Runs an example for the call; its output. */
async function handOver(command: string, ...args: string[]): Promise<string> {
  const cli = path.dirname(process.env['DURABLE_CALLS_TEMPORAL_CLI'] ?? '');
  const env = { ...process.env, PATH: `${cli}:${process.env['PATH'] ?? ''}` };
  const { stdout } = await run(command, [...args, call.callId, call.target.peer.uri('agent')], { env });
  return stdout;
}

/** A busy target, and that the bot has the call again. */
async function expectTransfer(output: string): Promise<void> {
  expect(output).toContain('my-transfer-1');
  expect(output).toContain('accepted');
  expect(output).toContain('transferring');
  call.target.peer.respond(await call.target.peer.expect('INVITE'), 486);
  expect(await on.webhook.expect(call.callId, 'transferStatus')).toMatchObject({ value: { reasonCode: 'busy' } });
  const { phase, timeline } = await on.engine.view(call.callId);
  expect(phase).toBe('conversing');
  expect(timeline.map(({ detail }) => detail)).toContain('message: One moment, please.');
}

it('hands its call over from TypeScript', async () => {
  await expectTransfer(await handOver(process.execPath, path.join(ROOT, 'dist/examples/temporal/hand-over.js')));
});

it('hands its call over by the Temporal CLI', async () => {
  await expectTransfer(await handOver(path.join(EXAMPLES, 'hand-over.sh')));
});

/** Where the SDK cannot be installed, the example is compiled at least. */
it('hands its call over from Python', async () => {
  const script = path.join(EXAMPLES, 'hand_over.py');
  const compile = ['-c', `compile(open(${JSON.stringify(script)}).read(), 'hand_over.py', 'exec')`];
  await expect(run('python3', compile)).resolves.toMatchObject({ stderr: '' });
  if (python !== undefined) await expectTransfer(await handOver(python, script));
});
