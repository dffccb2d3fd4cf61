import { describe, it, expect } from '@jest/globals';
import { CallNotFound } from '../../../client/errors';
import { activitiesPath, ask, callId, expectProblem, fakeCalls, post, receipts, view } from './api-client';

describe('the bearer token', () => {
  const token = 'correct-horse';
  const tokens = { operator: token };
  const withToken = (authorization: string): RequestInit => ({ headers: { authorization } });

  it.each(['/v1/calls', `/v1/calls/${callId}`, `/v1/calls/${callId}/events`, activitiesPath])(
    'is asked for at %s',
    async (path) => {
      const calls = fakeCalls();
      const answer = await ask(path, path === activitiesPath ? post('{}') : {}, { calls, tokens });
      expectProblem(answer, 401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      for (const method of [calls.list, calls.get, calls.sendActivities, calls.watch])
        expect(method).not.toHaveBeenCalled();
    }
  );

  it('lets a request pass, whatever the case of the scheme', async () => {
    expect(await ask('/v1/calls', withToken(`Bearer ${token}`), { tokens })).toMatchObject({ status: 200 });
    expect(await ask('/v1/calls', withToken(`bearer ${token}`), { tokens })).toMatchObject({ status: 200 });
  });

  it.each(['Bearer wrong', `Bearer ${token}x`, 'Bearer ', `Basic ${token}`, token])(
    'is not "%s"',
    async (authorization) => {
      expectProblem(await ask('/v1/calls', withToken(authorization), { tokens }), 401);
    }
  );

  it('is not asked for to see that the process is up, or how to use the API', async () => {
    expect(await ask('/healthz', {}, { tokens })).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await ask('/v1/openapi.json', {}, { tokens })).toMatchObject({
      status: 200,
      body: { security: [{ token: [] }], components: { securitySchemes: { token: { scheme: 'bearer' } } } },
    });
  });
});

describe('the token of a channel', () => {
  const tokens = {
    operator: 'operator-token',
    channels: [
      { botId: 'other-bot', token: 'other-token' },
      { botId: view.botId, token: 'own-token' },
    ],
  };
  const by = (token: string, body?: string): RequestInit => {
    const authorization = `Bearer ${token}`;
    if (body === undefined) return { headers: { authorization } };
    return { method: 'POST', body, headers: { authorization, 'content-type': 'application/json' } };
  };

  it('reaches the calls of this channel', async () => {
    const calls = fakeCalls();
    expect(await ask(`/v1/calls/${callId}`, by('own-token'), { calls, tokens })).toMatchObject({
      status: 200,
      body: view,
    });
    expect(await ask(activitiesPath, by('own-token', '{}'), { calls, tokens })).toMatchObject({
      body: { activities: receipts },
    });
    await ask('/v1/calls?phase=ringing', by('own-token'), { calls, tokens });
    expect(calls.list).toHaveBeenLastCalledWith({ phase: 'ringing', pageSize: 50, botId: view.botId });
  });

  it('does not find the calls of others, in the words for calls that there are not', async () => {
    const calls = fakeCalls();
    const foreign = [
      await ask(`/v1/calls/${callId}`, by('other-token'), { calls, tokens }),
      await ask(activitiesPath, by('other-token', '{}'), { calls, tokens }),
      await ask(`/v1/calls/${callId}/events`, by('other-token'), { calls, tokens }),
    ];
    calls.get.mockRejectedValue(new CallNotFound(callId));
    const absent = await ask(`/v1/calls/${callId}`, by('other-token'), { calls, tokens });
    for (const answer of foreign) {
      expectProblem(answer, 404);
      expect(answer.body).toEqual(absent.body);
    }
    expect(calls.sendActivities).not.toHaveBeenCalled();
    expect(calls.watch).not.toHaveBeenCalled();
  });

  it('does not find a call whose channel is not known', async () => {
    const calls = fakeCalls();
    calls.channelOf.mockResolvedValue(undefined);
    expectProblem(await ask(activitiesPath, by('own-token', '{}'), { calls, tokens }), 404);
  });

  it('is not needed by the operator', async () => {
    const calls = fakeCalls();
    expect(await ask(`/v1/calls/${callId}`, by('operator-token'), { calls, tokens })).toMatchObject({ status: 200 });
    await ask('/v1/calls', by('operator-token'), { calls, tokens });
    expect(calls.list).toHaveBeenLastCalledWith({ pageSize: 50 });
  });

  it('makes the API ask for a token even where the operator has none', async () => {
    const { channels } = tokens;
    expectProblem(await ask('/v1/calls', {}, { tokens: { channels } }), 401);
  });
});

describe('an API without tokens', () => {
  const askAt = async (host: string): Promise<number> =>
    (await ask('/v1/calls', { headers: { host } }, { publicUrl: 'https://calls.example.com/api' })).status;

  it.each(['localhost', 'localhost:8080', '127.0.0.1:8080', '127.8.8.8', '[::1]:8080', 'calls.example.com'])(
    'answers under the name %s',
    async (host) => {
      expect(await askAt(host)).toBe(200);
    }
  );

  it.each(['rebound.example.com', '127.0.0.1.example.com', 'localhost.example.com:8080', '192.0.2.1', '[::2]', 'a b'])(
    'does not answer under the name %s',
    async (host) => {
      expect(await askAt(host)).toBe(421);
    }
  );

  it('answers under any name once it has tokens', async () => {
    const headers = { host: 'rebound.example.com', authorization: 'Bearer t' };
    expect(await ask('/v1/calls', { headers }, { tokens: { operator: 't' } })).toMatchObject({ status: 200 });
  });
});
