import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { BotEvent, BotEventsBody } from '../../contracts/bot-events';
import { Engine } from '../support/engine';
import { eventually } from '../support/eventually';
import { sdp, SipPeer } from '../support/sip-peer';
import type { PeerDialog } from '../support/sip-peer-dialog';
import { transferTo } from '../support/transfer-call';

let engine: Engine;
let caller: SipPeer;
let target: SipPeer;
let answer: (event: BotEvent, response: http.ServerResponse) => void;

/** Below the time that a webhook has. */
const SLOW_MS = 3_000;

let heard: BotEvent[] = [];
const server = http.createServer((request, response) => {
  void text(request).then((body) => {
    const [event] = (JSON.parse(body) as BotEventsBody).activities;
    if (!event) return;
    heard.push(event);
    answer(event, response);
  });
});
const times = (name: string): BotEvent[] => heard.filter((event) => event.name === name);

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  [caller, target] = [await SipPeer.open(), await SipPeer.open()];
  engine = await Engine.start({
    webhook: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    trunk: { allowTargets: ['^sip:'], transferMethod: 'invite' },
  });
});

beforeEach(() => {
  heard = [];
});

afterAll(async () => {
  await engine.stop();
  await caller.close();
  await target.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function dial(): Promise<PeerDialog> {
  const dialog = caller.dial({ port: engine.sipPort }, { to: 'sip:1000@127.0.0.1', body: sdp() });
  dialog.confirm(await caller.expect((message) => (message.status ?? 0) >= 200));
  dialog.ack();
  return dialog;
}

it('carries out a webhook’s answer once, although the worker that asked died before it came', async () => {
  answer = (event, response) => {
    const isAsked = event.name === 'start' && times('start').length > 1;
    if (event.name !== 'start' || isAsked)
      response.end(JSON.stringify(isAsked ? { activities: [transferTo(target.uri('agent'))] } : {}));
  };
  const dialog = await dial();
  await eventually(() => times('start').length === 1, 'the start');
  await engine.worker.kill();
  await engine.startWorker();
  const invite = await target.expect('INVITE', { withinMs: 60_000 });
  target.respond(invite, 486);
  await eventually(() => times('transferStatus').length === 1, 'how the transfer went');
  expect(times('transferStatus')).toMatchObject([{ value: { status: 'failed', reasonCode: 'busy' } }]);
  expect(new Set(times('start').map(({ id }) => id)).size).toBe(1);
  dialog.request('BYE');
  await eventually(() => times('conversationEnd').length === 1, 'the end');
  expect(target.count('INVITE')).toBe(1);
});

it('tells a webhook again that fails with 5xx or does not answer in time, and then the next event', async () => {
  const invited = target.count('INVITE');
  answer = (event, response) => {
    const turn = times('start').length;
    if (event.name !== 'start') response.end();
    else if (turn === 1) response.writeHead(503).end();
    // The second has no answer, the third a slow one.
    else if (turn === 3)
      setTimeout(() => response.end(JSON.stringify({ activities: [transferTo(target.uri('agent'))] })), SLOW_MS);
  };
  const dialog = await dial();
  const invite = await target.expect('INVITE', { withinMs: 60_000 });
  target.respond(invite, 486);
  await eventually(() => times('transferStatus').length === 1, 'how the transfer went');
  dialog.request('BYE');
  await eventually(() => times('conversationEnd').length === 1, 'the end');
  expect(heard.map(({ name }) => name)).toEqual(['start', 'start', 'start', 'transferStatus', 'conversationEnd']);
  expect(new Set(times('start').map(({ id }) => id)).size).toBe(1);
  expect(target.count('INVITE')).toBe(invited + 1);
});
