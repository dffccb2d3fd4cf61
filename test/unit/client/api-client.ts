import { expect, jest } from '@jest/globals';
import { pino } from 'pino';
import type { CallEvent, CallWatch } from '../../../client/call-watch';
import type { CallsClient } from '../../../client/calls';
import type { ApiOptions } from '../../../client/api/api';
import { createApi } from '../../../client/api/api';
import type { OperatorParts } from '../../../client/api/operator-api';
import type { TrunksClient } from '../../../client/trunks';
import type { CallView } from '../../../contracts/call';
import type { CallId } from '../../../contracts/ids';
import type { BotTimeline } from '../../../contracts/messages';

export const callId = 'mfrggzdfmztwq2lk' as CallId;
export const view: CallView = {
  callId,
  phase: 'conversing',
  node: 'local',
  trunk: 'demo',
  botId: 'demo-bot',
  caller: '+4930123',
  callee: '1000',
  startedAt: '2025-01-02T03:04:05.006Z',
  transfers: [],
  timeline: [{ n: 1, at: '2025-01-02T03:04:05.006Z', event: 'CallArrived' }],
};
export const receipts = [{ id: 'a1', name: 'transfer', status: 'accepted' as const, attemptId: 't1' }];
export const silent = pino({ level: 'silent' });

export async function* listed<T>(items: readonly T[]): AsyncGenerator<T, void, undefined> {
  for (const item of items) yield await Promise.resolve(item);
}

/** A watch of a call of which these events are heard, and no more. */
export function watchOf(...events: CallEvent[]): CallWatch {
  return listed(events) as unknown as CallWatch;
}

interface FakeCalls {
  list: jest.MockedFunction<CallsClient['list']>;
  get: jest.MockedFunction<CallsClient['get']>;
  sendActivities: jest.MockedFunction<CallsClient['sendActivities']>;
  watch: jest.MockedFunction<CallsClient['watch']>;
  watchBotEvents: jest.MockedFunction<CallsClient['watchBotEvents']>;
  channelOf: jest.MockedFunction<CallsClient['channelOf']>;
}

export function fakeCalls(): FakeCalls {
  return {
    list: jest.fn<CallsClient['list']>().mockResolvedValue({ calls: [], nextPageToken: 'next' }),
    get: jest.fn<CallsClient['get']>().mockResolvedValue(view),
    sendActivities: jest.fn<CallsClient['sendActivities']>().mockResolvedValue(receipts),
    watch: jest.fn<CallsClient['watch']>().mockImplementation(() => Promise.resolve(watchOf())),
    watchBotEvents: jest
      .fn<CallsClient['watchBotEvents']>()
      .mockImplementation(() => Promise.resolve(listed([]) as unknown as CallWatch<BotTimeline>)),
    channelOf: jest.fn<CallsClient['channelOf']>().mockResolvedValue(view.botId),
  };
}

/** What operators do, and the channel of `view`, for an API whose trunks and configuration a test does not touch. */
export function fakeOperator(): Pick<ApiOptions, 'hasChannel'> & OperatorParts & { trunks: FakeTrunks } {
  const trunk = {
    ...{ trunk: 'sales', node: 'local', login: '1000', state: 'up' as const, registration: 'registered' as const },
    ...{ since: view.startedAt, target: 'sip:peer', failures: 0, calls: 2 },
  };
  return {
    hasChannel: (botId) => botId === view.botId,
    trunks: {
      list: jest.fn<TrunksClient['list']>().mockResolvedValue([trunk]),
      get: jest.fn<TrunksClient['get']>().mockResolvedValue(trunk),
      register: jest.fn<TrunksClient['register']>().mockResolvedValue(trunk),
      unregister: jest.fn<TrunksClient['unregister']>().mockResolvedValue({ ...trunk, state: 'down' }),
    },
    reload: () => ({ isDone: true, trunks: ['sales'], channels: ['sales-bot'], needsRestart: [] }),
  };
}

interface FakeTrunks {
  list: jest.MockedFunction<TrunksClient['list']>;
  get: jest.MockedFunction<TrunksClient['get']>;
  register: jest.MockedFunction<TrunksClient['register']>;
  unregister: jest.MockedFunction<TrunksClient['unregister']>;
}

interface Answer {
  status: number;
  contentType: string | null;
  body: Record<string, unknown>;
  headers: Headers;
}

export async function ask(path: string, init: RequestInit = {}, options: Partial<ApiOptions> = {}): Promise<Answer> {
  const api = createApi({ calls: fakeCalls(), ...fakeOperator(), log: silent, ...options });
  const answer = await api.request(path, init);
  const { status, headers } = answer;
  return { status, headers, contentType: headers.get('content-type'), body: (await answer.json()) as Answer['body'] };
}

export const post = (body: string, contentType = 'application/json'): RequestInit => ({
  method: 'POST',
  body,
  headers: { 'content-type': contentType },
});
export const activitiesPath = `/v1/calls/${callId}/activities`;

export function expectProblem(answer: Answer, status: number): void {
  expect(answer).toMatchObject({ status, contentType: 'application/problem+json', body: { status } });
  expect(typeof answer.body.type).toBe('string');
  expect(typeof answer.body.title).toBe('string');
}
