import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BotClient } from '../support/bot-client';
import { Engine } from '../support/engine';
import { eventually } from '../support/eventually';
import { sdp, SipPeer } from '../support/sip-peer';
import type { PeerDialog } from '../support/sip-peer-dialog';
import { isOf, notify, transferTo } from '../support/transfer-call';

/** Bots that have nothing but a WebSocket of the API. */

const OPERATOR = 'token-of-the-operator';
const BOT = 'token-of-the-bot';
const OTHER = 'token-of-another-bot';

let engine: Engine;
let caller: SipPeer;
let bots: BotClient[] = [];

beforeAll(async () => {
  const trunk = { sources: ['127.0.0.1'], allowTargets: ['^sip:'] };
  engine = await Engine.start({
    trunk,
    channel: { websocket: true },
    more: {
      trunks: [{ id: 'other', login: '1001', ...trunk }],
      channels: [{ botId: 'other', trunk: 'other', websocket: true }],
    },
    env: { DURABLE_CALLS_API_TOKEN: OPERATOR, DURABLE_CALLS_TOKEN_BOT: BOT, DURABLE_CALLS_TOKEN_OTHER: OTHER },
  });
});

beforeEach(async () => {
  caller = await SipPeer.open();
});

afterEach(async () => {
  for (const bot of bots) bot.break();
  bots = [];
  await caller.close();
});

afterAll(() => engine.stop());

async function open(path: string, token = BOT): Promise<BotClient> {
  const bot = await BotClient.open(`http://127.0.0.1:${engine.apiPort}${path}`, token);
  bots.push(bot);
  return bot;
}

async function ofChannel(subscription: object = {}): Promise<BotClient> {
  const bot = await open('/v1/channels/bot/ws');
  bot.send({ type: 'subscribe', ...subscription });
  await bot.until(({ type }) => type === 'subscribed');
  return bot;
}

async function dial(): Promise<{ callerDialog: PeerDialog; caller: SipPeer }> {
  const to = `sip:1000@127.0.0.1:${engine.sipPort}`;
  const callerDialog = caller.dial({ port: engine.sipPort }, { to, body: sdp() });
  const ok = await caller.expect((message) => message.status === 200 && isOf(message, 'INVITE'));
  callerDialog.confirm(ok).ack();
  return { callerDialog, caller };
}

async function takeRefer(): Promise<void> {
  const refer = await caller.expect('REFER');
  caller.respond(refer, 202, { headers: [['Contact', caller.contact]] });
}

const transfer = (id: string): object => ({
  ...transferTo('sip:agent@127.0.0.1:5997', { transferNotificationsHangupMS: 0 }),
  id,
});

describe('the WebSocket of a channel', () => {
  it('tells of each call, carries out what the bot sends, and goes on after a break without loss or repeat', async () => {
    const bot = await ofChannel();
    const call = await dial();
    const { conversation: id = '' } = await bot.event(undefined, 'start');
    bot.send({ type: 'activities', conversation: id, ref: 'r1', payload: [transfer('t1')] });
    await takeRefer();
    expect(await bot.until(({ type }) => type === 'receipts')).toMatchObject({
      ...{ ref: 'r1', conversation: id },
      activities: [{ id: 't1', status: 'accepted' }],
    });
    const { lastEventId } = await bot.event(id, 'start');
    bot.break();
    await notify(call, 486, 'Busy Here');

    const again = await ofChannel({ after: { [id]: lastEventId } });
    await again.event(id, 'transferStatus');
    call.callerDialog.request('BYE');
    await again.until(({ type }) => type === 'end');
    expect(again.names(id)).toEqual(['transferStatus', 'conversationEnd']);
  });

  it('tells of calls that began and ended while the bot was away', async () => {
    const since = new Date().toISOString();
    const call = await dial();
    call.callerDialog.request('BYE');
    const isOver = async (): Promise<boolean> => (await engine.openWorkflows()).length === 0;
    await eventually(isOver, 'the end of the call');
    const bot = await ofChannel({ since });
    const { conversation: id = '' } = await bot.event(undefined, 'conversationEnd');
    expect(bot.names(id)).toEqual(['start', 'conversationEnd']);
  });

  it('is there at the next worker, which knows all that the bot has not heard', async () => {
    const bot = await ofChannel();
    const call = await dial();
    const { conversation: id = '', lastEventId } = await bot.event(undefined, 'start');
    bot.send({ type: 'activities', conversation: id, payload: transfer('t2') });
    await takeRefer();
    await engine.worker.kill();
    await eventually(() => bot.closed !== undefined, 'the end of the connection');
    engine.worker = await engine.startWorker();
    await notify(call, 486, 'Busy Here');
    const again = await ofChannel({ after: { [id]: lastEventId } });
    await again.event(id, 'transferStatus');
    again.send({ type: 'activities', conversation: id, ref: 'again', payload: transfer('t2') });
    expect(await again.until(({ type }) => type === 'receipts')).toMatchObject({ activities: [{ id: 't2' }] });
    call.callerDialog.request('BYE');
    await again.until(({ type }) => type === 'end');
    expect(again.names(id)).toEqual(['transferStatus', 'conversationEnd']);
    await expect(engine.recordOf(id)).resolves.toMatchObject({ transfers: [{ activityId: 't2' }] });
  });
});

describe('the WebSocket of a call', () => {
  it('begins after the event that was heard last, answers what is wrong, and ends with the conversation', async () => {
    const all = await ofChannel();
    const call = await dial();
    const { conversation: id = '' } = await all.event(undefined, 'start');
    const bot = await open(`/v1/calls/${id}/ws?lastEventId=1`, OPERATOR);
    bot.socket.send('garbage');
    bot.send({ type: 'activities', ref: 'bad', payload: { type: 'event', name: 'transfer' } });
    bot.send({ type: 'other' });
    await bot.until(({ ref }) => ref === 'bad');
    await eventually(() => bot.frames.length === 3, 'three problems');
    expect(bot.frames).toMatchObject([
      { type: 'problem', problem: { status: 400 } },
      {
        ...{ type: 'problem', ref: 'bad', conversation: id },
        problem: { status: 422, errors: [{ path: 'activities[0].activityParams.transferTarget' }] },
      },
      { type: 'problem', problem: { status: 422, errors: [{ path: 'type' }] } },
    ]);
    call.callerDialog.request('BYE');
    await eventually(() => bot.closed !== undefined, 'the end');
    expect(bot.names(id)).toEqual(['conversationEnd']);
    expect(bot.closed).toEqual({ code: 1000, reason: 'the conversation is over' });
  });

  it('is closed on a bot that sends too long a frame, or binary ones', async () => {
    const all = await ofChannel();
    const call = await dial();
    const { conversation: id = '' } = await all.event(undefined, 'start');
    const [long, binary] = [await open(`/v1/calls/${id}/ws`), await open(`/v1/calls/${id}/ws`)];
    long.send({ type: 'activities', payload: 'x'.repeat(70_000) });
    binary.socket.send(Buffer.from([1, 2, 3]));
    await eventually(() => long.closed !== undefined && binary.closed !== undefined, 'both ends');
    expect([long.closed?.code, binary.closed?.code]).toEqual([1009, 1003]);
    call.callerDialog.request('BYE');
    await expect(engine.recordOf(id)).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
  });
});

it.each([
  ['/v1/channels/bot/ws', 'wrong', 401],
  ['/v1/channels/bot/ws', OTHER, 404],
  ['/v1/channels/bott/ws', OPERATOR, 404],
  ['/v1/calls/mfrggzdfmztwq2lk/ws', BOT, 404],
  ['/v1/calls/mfrggzdfmztwq2lk/ws?lastEventId=x', BOT, 422],
])('refuses %s to the token %s before it is a WebSocket', async (path, token, status) => {
  await expect(open(path, token)).rejects.toThrow(`Unexpected server response: ${status}`);
});
