import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createApi } from '../../../client/api/api';
import type { ServedApi } from '../../../client/api/serve';
import { serveApi } from '../../../client/api/serve';
import { eventFrames, readFrame } from '../../../client/api/bot-socket/frames';
import { TemporalUnavailable } from '../../../client/errors';
import type { ApiOptions } from '../../../client/api/api';
import { BotClient } from '../../support/bot-client';
import { eventually } from '../../support/eventually';
import { callId, fakeCalls, fakeOperator, listed, receipts, silent, view } from './api-client';

let served: ServedApi | undefined;

afterEach(async () => {
  await served?.close();
  served = undefined;
});

/** A bot at the WebSocket of a call, whose events go on for ever. */
async function open(options: Partial<ApiOptions> = {}, path = `/v1/calls/${callId}/ws`): Promise<BotClient> {
  const calls = fakeCalls();
  const forEver = { next: () => new Promise(() => undefined), return: () => Promise.resolve({ done: true }) };
  const watch = { ...forEver, [Symbol.asyncIterator]: () => forEver };
  calls.watchBotEvents.mockResolvedValue(watch as unknown as Awaited<ReturnType<typeof calls.watchBotEvents>>);
  served = await serveApi(createApi({ calls, ...fakeOperator(), log: silent, ...options }), {
    host: '127.0.0.1',
    port: 0,
  });
  return BotClient.open(`${served.url}${path}`);
}

describe('the WebSocket of the API', () => {
  it('answers frames one after the other', async () => {
    const bot = await open();
    for (const ref of ['1', '2', '3']) bot.send({ type: 'activities', ref, payload: {} });
    await bot.until(({ ref }) => ref === '3');
    expect(bot.frames).toEqual(
      ['1', '2', '3'].map((ref) => ({ type: 'receipts', ref, conversation: callId, activities: receipts }))
    );
  });

  it('refuses frames beyond the rate, and then the bot that goes on', async () => {
    const bot = await open({ rateLimit: { perSecond: 0.1, burst: 2 } });
    for (let n = 0; n < 60; n++) bot.send({ type: 'activities', payload: {} });
    await eventually(() => bot.closed !== undefined, 'the end');
    expect(bot.closed).toEqual({ code: 1008, reason: 'too many frames' });
    expect(bot.frames.filter(({ type }) => type === 'receipts').length).toBeLessThanOrEqual(2);
    expect(bot.frames).toContainEqual({ type: 'problem', problem: expect.objectContaining({ status: 429 }) });
  });

  it('of a channel follows a call again that it had lost from sight, after the event that it told last', async () => {
    const calls = fakeCalls();
    calls.list.mockResolvedValue({ calls: [] });
    const heard = (n: number) => ({
      kind: 'timeline',
      entry: { n, event: { id: `e${n}`, timestamp: view.startedAt, type: 'event', name: 'DTMF', value: '1' } },
    });
    async function* lost() {
      yield await Promise.resolve(heard(1));
      throw new TemporalUnavailable('away');
    }
    type Watching = Awaited<ReturnType<typeof calls.watchBotEvents>>;
    calls.watchBotEvents
      .mockRejectedValueOnce(new TemporalUnavailable('away'))
      .mockResolvedValueOnce(lost() as unknown as Watching)
      .mockResolvedValueOnce(listed([heard(2), { kind: 'end' }]) as unknown as Watching);
    const bot = await open({ calls, hasChannel: () => true }, '/v1/channels/demo-bot/ws');
    bot.send({ type: 'subscribe', after: { [callId]: 0 } });
    await bot.until(({ type }) => type === 'end');
    expect(bot.frames.flatMap(({ lastEventId }) => lastEventId ?? [])).toEqual([1, 2]);
    expect(calls.watchBotEvents.mock.calls.map(([, options]) => options?.after)).toEqual([0, 0, 1]);
  });

  it('sends the bot to another worker when this one stops', async () => {
    const bot = await open();
    await served?.close();
    await eventually(() => bot.closed !== undefined, 'the end');
    expect(bot.closed?.code).toBe(1001);
  });

  it('says that a fault of its own is one, and goes on', async () => {
    const calls = fakeCalls();
    const error = jest.fn();
    calls.sendActivities.mockRejectedValueOnce(new Error('broken'));
    const log = { info: () => undefined, warn: () => undefined, error };
    served = await serveApi(createApi({ calls, ...fakeOperator(), log }), { host: '127.0.0.1', port: 0 });
    const again = await BotClient.open(`${served.url}/v1/channels/${view.botId}/ws`);
    again.send({ type: 'activities', ref: 'x', conversation: callId, payload: {} });
    again.send({ type: 'activities', ref: 'y', conversation: callId, payload: {} });
    await again.until(({ ref }) => ref === 'y');
    expect(again.frames).toMatchObject([
      { type: 'problem', ref: 'x', problem: { status: 500 } },
      { type: 'receipts', ref: 'y' },
    ]);
    expect(error).toHaveBeenCalledTimes(1);
  });

  it('is there for channels that are configured', async () => {
    await open();
    await expect(BotClient.open(`${served!.url}/v1/channels/typo/ws`)).rejects.toThrow('404');
  });

  it('is nothing but a WebSocket', async () => {
    await open();
    const answer = await fetch(`${served!.url}/v1/calls/${callId}/ws`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([426, 'application/problem+json']);
  });
});

describe('readFrame', () => {
  it.each([
    ['7', ''],
    ['{"type":"subscribe","after":{"c":-1}}', 'after.c'],
    ['{"type":"subscribe","since":"yesterday"}', 'since'],
    ['{"type":"activities","ref":7,"payload":{}}', 'ref'],
  ])('names the fault of %s', (text, path) => {
    expect(readFrame(text)).toMatchObject({ problem: { status: 422, errors: [{ path }] } });
  });
});

describe('eventFrames', () => {
  it('tells an event in the words of the bot, or not at all', () => {
    const event = {
      ...{ id: 'e', timestamp: view.startedAt, type: 'event' as const, name: 'conversationEnd' as const },
      value: { reasonCode: 'transferred' as const, reason: 'done' },
    };
    expect(eventFrames(callId, { n: 7, event }, { dialect: 'bot-framework' })).toMatchObject([
      { type: 'event', conversation: callId, lastEventId: 7, body: { type: 'endOfConversation' } },
    ]);
    expect(eventFrames(callId, { n: 7, event }, { dialect: 'dialogflow-cx' })).toEqual([]);
  });
});

describe('a frame of a bot', () => {
  it.each([
    ['{"type":"activities","ref":"r1","payload":{"type":"event","name":"transfer","name":"hangup"}}', 'payload.name'],
    ['{"type":"activities","ref":"r1","conversation":7,"payload":{}}', 'conversation'],
  ])('is refused with its ref: %s', (text, path) => {
    const problem = expect.objectContaining({ status: 422, errors: [expect.objectContaining({ path })] });
    expect(readFrame(text)).toEqual({ ref: 'r1', problem });
  });
});
