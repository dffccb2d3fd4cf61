import { describe, it, expect } from '@jest/globals';
import { activitiesPath, ask, callId, expectProblem, fakeCalls, post } from './api-client';

describe('the bearer token', () => {
  const token = 'correct-horse';
  const withToken = (authorization: string): RequestInit => ({ headers: { authorization } });

  it.each(['/v1/calls', `/v1/calls/${callId}`, activitiesPath])('is asked for at %s', async (path) => {
    const calls = fakeCalls();
    const answer = await ask(path, path === activitiesPath ? post('{}') : {}, { calls, token });
    expectProblem(answer, 401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    for (const method of [calls.list, calls.get, calls.sendActivities]) expect(method).not.toHaveBeenCalled();
  });

  it('lets a request pass, whatever the case of the scheme', async () => {
    expect(await ask('/v1/calls', withToken(`Bearer ${token}`), { token })).toMatchObject({ status: 200 });
    expect(await ask('/v1/calls', withToken(`bearer ${token}`), { token })).toMatchObject({ status: 200 });
  });

  it.each(['Bearer wrong', `Bearer ${token}x`, 'Bearer ', `Basic ${token}`, token])(
    'is not "%s"',
    async (authorization) => {
      expectProblem(await ask('/v1/calls', withToken(authorization), { token }), 401);
    }
  );

  it('is not asked for to see that the process is up, or how to use the API', async () => {
    expect(await ask('/healthz', {}, { token })).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await ask('/v1/openapi.json', {}, { token })).toMatchObject({
      status: 200,
      body: { security: [{ token: [] }], components: { securitySchemes: { token: { scheme: 'bearer' } } } },
    });
  });
});

describe('the OpenAPI description', () => {
  const post200 = { content: { 'application/json': { schema: { $ref: '#/components/schemas/Receipts' } } } };
  const problem = { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };

  it('describes every route with its problems', async () => {
    const { body } = await ask('/v1/openapi.json');
    expect(body).toMatchObject({
      openapi: '3.1.0',
      paths: {
        '/v1/calls': { get: { responses: { 422: problem, 503: problem } } },
        '/v1/calls/{callId}': { get: { responses: { 404: problem } } },
        '/v1/calls/{callId}/activities': {
          post: { responses: { 200: post200, 400: problem, 401: problem, 409: problem, 413: problem, 415: problem } },
        },
      },
    });
  });

  it('describes the parameters of a transfer with their limits', async () => {
    const { body } = await ask('/v1/openapi.json');
    const transferParams = {
      required: ['transferTarget'],
      properties: { transferNotificationsHangupMS: { minimum: 0, maximum: 10_000, default: 5000 } },
    };
    const activity = { properties: { activityParams: { anyOf: [transferParams, expect.anything()] } } };
    const schema = { anyOf: [expect.anything(), expect.anything(), activity] };
    expect(body).toMatchObject({
      paths: {
        '/v1/calls/{callId}/activities': { post: { requestBody: { content: { 'application/json': { schema } } } } },
      },
    });
  });
});
