import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { registrationWorkflowId } from '../../contracts/registration';
import { Cli } from '../support/cli';
import type { CliResult } from '../support/cli';
import { Engine } from '../support/engine';
import { header, sdp, SipPeer } from '../support/sip-peer';
import type { CallThroughEngine } from '../support/transfer-call';
import { callThrough, notify, transferTo } from '../support/transfer-call';
import { WebhookBot } from '../support/webhook-bot';

const TARGET = 'sip:agent@127.0.0.1:5998';
const LONG_GRACE = { transferNotificationsHangupMS: 10_000 };

let engine: Engine;
let bot: SipPeer;
let registrar: SipPeer;
let webhook: WebhookBot;
const callers: SipPeer[] = [];

beforeAll(async () => {
  [bot, registrar, webhook] = [await SipPeer.open(), await SipPeer.open(), await WebhookBot.open()];
  registrar.whenever('REGISTER', (register) => registrar.respond(register, 200, { headers: [['Expires', '600']] }));
  const trunk = { allowTargets: ['^sip:[^@]+@127\\.0\\.0\\.1(:\\d+)?$'], host: registrar.sentBy, register: {} };
  engine = await Engine.start({ bot: bot.uri('bot'), webhook: webhook.url, trunk });
});

afterAll(async () => {
  await engine.stop();
  await Promise.all([bot, registrar, ...callers].map((peer) => peer.close()));
  await webhook.close();
});

const retire = (...options: string[]): Promise<CliResult> => retireNode(engine.node, ...options);

const retireNode = (node: string, ...options: string[]): Promise<CliResult> =>
  Cli.run(['node', 'retire', node, '--config', engine.worker.configFile, ...options], engine.environment);

async function call(): Promise<CallThroughEngine> {
  const caller = await SipPeer.open();
  callers.push(caller);
  return callThrough(engine, caller, bot);
}

async function referAccepted(): Promise<CallThroughEngine> {
  const { caller, ...rest } = await call();
  await engine.post(rest.callId, transferTo(TARGET, LONG_GRACE));
  caller.respond(await caller.expect('REFER'), 202, { headers: [['Contact', caller.contact]] });
  return { caller, ...rest };
}

/** A call whose bot rings and never answers. */
async function ringing(): Promise<string> {
  const caller = await SipPeer.open();
  callers.push(caller);
  caller.dial({ port: engine.sipPort }, { to: `sip:1000@127.0.0.1:${engine.sipPort}`, body: sdp() });
  const invite = await bot.expect('INVITE');
  bot.respond(invite, 180, { tag: 'ringing' });
  await caller.expect(180);
  return header(invite, 'X-Call-ID') ?? '';
}

it.each([[[]], [['--yes']], [['--yes', '--force']]])('knows a name that was never a node’s: %j', async (options) => {
  const unknown = await retireNode('nobody', ...options);
  expect(unknown).toMatchObject({ code: 1, stdout: '' });
  expect(unknown.stderr).toMatch(/^Error: Temporal knows no worker, call or trunk of a node nobody/);
});

it('ends the calls and trunks of a node that never comes back, and no node that is there', async () => {
  const talking = await call();
  const transferring = await referAccepted();
  await notify(transferring, 100, 'Trying');
  const inGrace = await referAccepted();
  await notify(inGrace, 200, 'OK');
  await webhook.expect(inGrace.callId, 'transferStatus');
  const unanswered = await ringing();

  const refused = await retire('--yes');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`serves node ${engine.node}: it is not lost`);
  expect((await engine.view(talking.callId)).phase).toBe('conversing');

  await engine.worker.kill();
  await engine.killSipServer();
  const asked = await retire();
  expect(asked.code).toBe(1);
  expect(asked.stdout).toBe(`node ${engine.node}: 4 calls and 1 trunk would end; give --yes to end them\n`);

  const retired = await retire('--yes', '--json', '--reason', 'the machine burnt down');
  expect(retired).toMatchObject({ code: 0, stderr: '' });
  const steps = retired.stdout.trim().split('\n');
  expect(JSON.parse(steps[0]!)).toEqual({ node: engine.node, open: { calls: 4, trunks: 1 } });
  expect(JSON.parse(steps.at(-1)!)).toEqual({ node: engine.node, open: { calls: 0, trunks: 0 } });

  const lost = { reasonCode: 'sip-node-lost', reason: 'the machine burnt down', by: 'fault' };
  for (const { callId } of [talking, transferring]) {
    expect((await engine.recordOf(callId)).end).toEqual(lost);
    expect(await webhook.expect(callId, 'conversationEnd')).toMatchObject({
      value: { reasonCode: 'error', reason: 'the machine burnt down' },
    });
  }
  expect((await engine.recordOf(unanswered)).end).toEqual(lost);
  expect((await engine.recordOf(inGrace.callId)).end).toMatchObject({ reasonCode: 'transferred' });
  expect(await engine.openWorkflows()).toEqual([]);
  const { workflow } = await engine.client();
  const trunk = await workflow.getHandle(registrationWorkflowId('trunk', engine.node)).describe();
  expect(trunk.status.name).toBe('COMPLETED');

  const again = await retire('--yes', '--json');
  expect(again.code).toBe(0);
  expect(again.stdout.trim()).toBe(steps.at(-1));
  expect(await retire()).toMatchObject({ code: 0, stdout: `node ${engine.node}: nothing is left to end\n` });
});
