import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallView } from '../../contracts/call';
import type { WorkerProcess } from '../support/engine';
import { Engine } from '../support/engine';
import type { StreamedEvent } from '../support/event-source';
import { EventStream } from '../support/event-source';
import { WAIT_LIMIT_MS } from '../support/limits';
import { SipPeer } from '../support/sip-peer';
import type { CallThroughEngine } from '../support/transfer-call';
import { callThrough, notify, transferTo } from '../support/transfer-call';

const OPERATOR = 'operator-token';
const TOKENS = { first: 'first-token', second: 'second-token' };

let engine: Engine;
let carrier: WorkerProcess;
let bot: SipPeer;
let caller: SipPeer;

beforeAll(async () => {
  bot = await SipPeer.open();
  engine = await Engine.start({
    bot: bot.uri('bot'),
    channel: { botId: 'first-bot' },
    trunk: { allowTargets: ['^sip:[^@]+@127\\.0\\.0\\.1(:\\d+)?$'] },
    more: {
      trunks: [{ id: 'second', login: '2000', sources: ['127.0.0.1'] }],
      channels: [{ botId: 'second-bot', trunk: 'second', leg: bot.uri('second') }],
    },
    env: {
      DURABLE_CALLS_API_TOKEN: OPERATOR,
      DURABLE_CALLS_TOKEN_FIRST_BOT: TOKENS.first,
      DURABLE_CALLS_TOKEN_SECOND_BOT: TOKENS.second,
    },
  });
  carrier = engine.worker;
});

beforeEach(async () => {
  caller = await SipPeer.open();
});

afterEach(async () => {
  await caller.close();
});

afterAll(async () => {
  await engine.stop();
  await bot.close();
});

async function hangUp(call: CallThroughEngine): Promise<void> {
  call.callerDialog.request('BYE');
  bot.respond(await bot.expect('BYE'), 200);
}

async function ask(path: string, token?: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const init = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) };
  const answer = await fetch(`${carrier.apiUrl}${path}`, init);
  return { status: answer.status, body: await answer.json() };
}

const send = (callId: string, token: string, payload: unknown): ReturnType<typeof ask> =>
  ask(`/v1/calls/${callId}/activities`, token, payload);

/** The list follows the calls with a delay of up to a second. */
async function listedFor(token: string, callId: string): Promise<string[]> {
  for (const deadline = Date.now() + WAIT_LIMIT_MS; Date.now() < deadline;) {
    const { calls } = (await ask('/v1/calls?pageSize=200', token)).body as {
      calls: { callId: string; botId: string }[];
    };
    if (calls.some((call) => call.callId === callId)) return calls.map(({ botId }) => botId);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${callId} is never listed`);
}

describe('tokens', () => {
  it('keep each channel to its own calls, and the operator to none', async () => {
    const call = await callThrough(engine, caller, bot);
    const { callId } = call;
    const path = `/v1/calls/${callId}`;
    const unknown = '/v1/calls/aaaaaaaaaaaaaaaa';

    for (const token of [OPERATOR, TOKENS.first]) expect(await ask(path, token)).toMatchObject({ status: 200 });
    expect(await ask(path)).toMatchObject({ status: 401 });
    expect(await ask(path, 'wrong')).toMatchObject({ status: 401 });

    const hidden = await ask(path, TOKENS.second);
    expect(hidden.status).toBe(404);
    const absent = JSON.stringify((await ask(unknown, TOKENS.second)).body).replaceAll('aaaaaaaaaaaaaaaa', callId);
    expect(hidden.body).toEqual(JSON.parse(absent));
    expect(await ask(`${path}/events`, TOKENS.second)).toMatchObject({ status: 404 });
    const hangup = { type: 'event', name: 'hangup', id: 'h1' };
    expect(await send(callId, TOKENS.second, hangup)).toMatchObject({ status: 404 });
    expect(((await ask(path, OPERATOR)).body as CallView).phase).toBe('conversing');

    expect(new Set(await listedFor(TOKENS.first, callId))).toEqual(new Set(['first-bot']));
    await listedFor(OPERATOR, callId);
    const others = (await ask('/v1/calls', TOKENS.second)).body as { calls: object[] };
    expect(others.calls).toEqual([]);

    const answered = await send(callId, TOKENS.first, hangup);
    expect(answered).toMatchObject({ status: 200 });
    bot.respond(await bot.expect('BYE'), 200);
    caller.respond(await caller.expect('BYE'), 200);
    await engine.recordOf(callId);
    expect(await send(callId, TOKENS.first, hangup)).toEqual(answered);
    expect(await send(callId, TOKENS.first, { ...hangup, id: 'h2' })).toMatchObject({ status: 404 });
  });

  it('stand in no log, and requests do by their ids', async () => {
    await engine.worker.logs(/"requestId":"[^"]+","method":"GET","path":"\/v1\/calls","status":200/);
    for (const secret of [OPERATOR, TOKENS.first, TOKENS.second]) expect(engine.worker.log()).not.toContain(secret);
  });
});

describe('a repeated POST', () => {
  it('gets the same body as long as the call is up', async () => {
    const call = await callThrough(engine, caller, bot);
    const payload = { ...transferTo('sip:agent@127.0.0.1:5998', { transferNotificationsHangupMS: 0 }), id: 't1' };
    const first = await send(call.callId, TOKENS.first, payload);
    expect(first).toMatchObject({ status: 200, body: { activities: [{ id: 't1', status: 'accepted' }] } });
    expect(await send(call.callId, TOKENS.first, payload)).toEqual(first);
    expect(await send(call.callId, TOKENS.first, { activities: [payload] })).toEqual(first);
    caller.respond(await caller.expect('REFER'), 603);
    await hangUp(call);
    await engine.recordOf(call.callId);
    expect(caller.count('REFER')).toBe(1);
  });
});

describe('server-sent events', () => {
  const stream = (callId: string, lastEventId?: string): Promise<EventStream> =>
    EventStream.open(`${carrier.apiUrl}/v1/calls/${callId}/events`, {
      authorization: `Bearer ${TOKENS.first}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    });
  const numbersOf = (events: StreamedEvent[]): number[] =>
    events.filter(({ event }) => event === 'timeline').map(({ id }) => Number(id));

  it('go on where they broke off when the worker is killed and another one is asked', async () => {
    const call = await callThrough(engine, caller, bot);
    const before = await stream(call.callId);
    await before.until(({ event, data }) => event === 'timeline' && data.includes('BotAnswered'));
    await carrier.kill();
    await before.closed;
    carrier = await engine.startWorker();

    const after = await stream(call.callId, before.lastEventId);
    await send(call.callId, TOKENS.first, transferTo('sip:agent@127.0.0.1:5998', { transferNotificationsHangupMS: 0 }));
    caller.respond(await caller.expect('REFER'), 202, { headers: [['Contact', caller.contact]] });
    await notify(call, 200, 'OK');
    bot.respond(await bot.expect('BYE'), 200);
    caller.respond(await caller.expect('BYE'), 200);
    await after.closed;

    const events = [...before.events, ...after.events];
    expect(numbersOf(events)).toEqual(numbersOf(events).map((_, i) => i + 1));
    const names = events.map(({ data }) => (JSON.parse(data) as { event?: string }).event);
    for (const name of ['BotInvited', 'TransferRequested', 'ReferNotified']) expect(names).toContain(name);
    expect(after.events.at(-1)).toMatchObject({ event: 'end', id: 'end' });
    expect(JSON.parse(after.events.at(-1)!.data)).toMatchObject({ reasonCode: 'transferred' });

    const heardAll = await fetch(`${carrier.apiUrl}/v1/calls/${call.callId}/events`, {
      headers: { authorization: `Bearer ${TOKENS.first}`, 'last-event-id': 'end' },
    });
    expect(heardAll.status).toBe(204);
  });

  it('of a call that was terminated from outside end too', async () => {
    const call = await callThrough(engine, caller, bot);
    const events = await stream(call.callId);
    await events.until(({ data }) => data.includes('BotAnswered'));
    await (await engine.client()).workflow.getHandle(`call-${call.callId}`).terminate('test');
    await events.closed;
    expect(events.events.at(-1)).toMatchObject({ event: 'end', data: '{}' });
  });
});
