import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import type { WorkerProcess } from '../support/engine';
import { eventually } from '../support/eventually';
import { SipPeer } from '../support/sip-peer';
import type { CallThroughEngine } from '../support/transfer-call';
import { callThrough, notify, transferTo } from '../support/transfer-call';
import { WebhookBot } from '../support/webhook-bot';
import { bundleOf } from '../support/workflow-bundle';

/** Workers of two versions on one node: the workflows of the next one make a step more before each REFER, behind a patch. */

const NEXT_VERSION = path.join(__dirname, '../support/next-version');

let folder: string;
let bot: SipPeer;
let webhook: WebhookBot;
let engine: Engine;
const callers: SipPeer[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'next-version-'));
  const bundleFile = path.join(folder, 'workflow-bundle.js');
  const { code } = await bundleOf('workflows/index.ts', ['test/support/next-version/interceptors.ts']);
  await writeFile(bundleFile, code);
  [bot, webhook] = [await SipPeer.open(), await WebhookBot.open()];
  engine = await Engine.start({
    bot: bot.uri('bot'),
    webhook: webhook.url,
    trunk: { allowTargets: ['^sip:[^@]+@127\\.0\\.0\\.1(:\\d+)?$'] },
    env: { NEXT_VERSION_BUNDLE: bundleFile },
  });
});

afterEach(() => Promise.all(callers.splice(0).map((caller) => caller.close())));

afterAll(async () => {
  await engine.stop();
  await Promise.all([bot.close(), webhook.close(), rm(folder, { recursive: true })]);
});

const startNext = (): Promise<WorkerProcess> => engine.startWorker(path.join(NEXT_VERSION, 'worker.js'));

async function up(): Promise<CallThroughEngine> {
  const caller = await SipPeer.open();
  caller.whenever('BYE', (bye) => caller.respond(bye, 200));
  callers.push(caller);
  return callThrough(engine, caller, bot);
}

/** A transfer that the bot asks for, as far as the peer's acceptance. */
async function referAccepted({ callId, caller }: CallThroughEngine): Promise<void> {
  const transfer = transferTo('sip:agent@127.0.0.1:5998', { transferNotificationsHangupMS: 0 });
  // The API of a worker that is there; that of the first one has gone with it.
  const taken = await fetch(`${engine.worker.apiUrl}/v1/calls/${callId}/activities`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(transfer),
  });
  expect(taken.status).toBe(200);
  caller.respond(await caller.expect('REFER'), 202, { headers: [['Contact', caller.contact]] });
}

async function expectStatus({ callId }: CallThroughEngine, status: string): Promise<void> {
  expect(await webhook.expect(callId, 'transferStatus')).toMatchObject({ value: { status } });
}

async function expectTransferred(call: CallThroughEngine): Promise<void> {
  await notify(call, 200, 'OK');
  await expectStatus(call, 'answered');
  bot.respond(await bot.expect('BYE'), 200);
  expect((await engine.recordOf(call.callId)).end).toMatchObject({ reasonCode: 'transferred' });
}

interface Seen {
  /** Bundles whose code carried the call's workflow tasks. */
  builds: number;
  /** Steps of the next version. */
  patches: number;
  failedTasks: number;
}

async function seenIn({ callId }: CallThroughEngine): Promise<Seen> {
  const { workflow } = await engine.client();
  const { events } = await workflow.getHandle(`call-${callId}`).fetchHistory();
  const all = events ?? [];
  const builds = all.flatMap((event) => event.workflowTaskCompletedEventAttributes?.workerVersion?.buildId ?? []);
  return {
    builds: new Set(builds).size,
    patches: all.filter((event) => event.markerRecordedEventAttributes?.markerName === 'core_patch').length,
    failedTasks: all.filter((event) => event.workflowTaskFailedEventAttributes).length,
  };
}

describe('a call that began with the older version', () => {
  it('goes on with the next one, whose workers take over in the middle of a transfer, and takes its new steps', async () => {
    const call = await up();
    await referAccepted(call);
    const older = engine.worker;
    engine.worker = await startNext();
    expect(await older.process.stop()).toBe(0);
    await notify(call, 486, 'Busy Here');
    await expectStatus(call, 'failed');
    await referAccepted(call);
    await expectTransferred(call);
    expect(call.caller.count('REFER')).toBe(2);
    expect(await seenIn(call)).toEqual({ builds: 2, patches: 1, failedTasks: 0 });
  });
});

describe('a call that has taken a step of the next version', () => {
  it('waits for it when only the older one is left, and goes on', async () => {
    const call = await up();
    await referAccepted(call);
    await notify(call, 486, 'Busy Here');
    await expectStatus(call, 'failed');
    await engine.worker.kill();
    const older = await engine.startWorker();
    call.callerDialog.request('BYE');
    await eventually(async () => (await seenIn(call)).failedTasks > 0, 'a task that the older version cannot do');
    // Temporal gives a task that failed out again after a pause that grows with each time.
    await older.kill();
    engine.worker = await startNext();
    bot.respond(await bot.expect('BYE', { withinMs: 120_000 }), 200);
    expect((await engine.recordOf(call.callId)).end).toMatchObject({ reasonCode: 'client-disconnected' });
  });
});

describe('workers of both versions side by side', () => {
  it('carry all calls to their end', async () => {
    const older = await engine.startWorker();
    const calls = [];
    for (let n = 0; n < 8; n++) calls.push(await up());
    for (const call of calls) await referAccepted(call);
    for (const call of calls) await expectTransferred(call);
    for (const { caller } of calls) expect(caller.count('REFER')).toBe(1);
    await eventually(async () => (await engine.openWorkflows()).length === 0, 'no workflow is left');
    await older.kill();
  });
});
