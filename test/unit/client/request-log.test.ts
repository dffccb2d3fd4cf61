import { describe, it, expect, jest } from '@jest/globals';
import type { ApiOptions } from '../../../client/api/api';
import { activitiesPath, ask, callId, fakeCalls, post } from './api-client';

type Log = ApiOptions['log'];
const listening = (): { [Name in keyof Log]: jest.Mock<Log[Name]> } => ({
  info: jest.fn(),
  warn: jest.fn(),
  error: jest.fn(),
});

describe('a request', () => {
  it('keeps the id that it came with', async () => {
    const requestId = `a1.b_c-~${'x'.repeat(120)}`;
    const log = listening();
    const answer = await ask(`/v1/calls/${callId}`, { headers: { 'X-Request-Id': requestId } }, { log });
    expect(answer.headers.get('x-request-id')).toBe(requestId);
    expect(log.info).toHaveBeenCalledWith(
      { requestId, method: 'GET', path: `/v1/calls/${callId}`, status: 200, ms: expect.any(Number), by: 'operator' },
      'request'
    );
  });

  it.each(['', 'x'.repeat(129), 'a b', 'a"b', 'é'])('is given another id than "%s"', async (given) => {
    const { headers } = await ask('/v1/calls', { headers: { 'X-Request-Id': given } });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['/healthz', {}, 200],
    ['/nowhere', {}, 404],
    ['/v1/calls', { method: 'PUT' }, 405],
    [activitiesPath, post('{'), 400],
  ])('to %s with %j has an id in its answer, whatever that is', async (path, init, status) => {
    const log = listening();
    const answer = await ask(path, init, { log });
    const requestId = answer.headers.get('x-request-id');
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(log.info).toHaveBeenCalledWith(expect.objectContaining({ requestId, status }), 'request');
  });

  it('that fails is found in the log by its id', async () => {
    const calls = fakeCalls();
    calls.get.mockRejectedValue(new Error('broken'));
    const log = listening();
    const { headers } = await ask(`/v1/calls/${callId}`, {}, { calls, log });
    const requestId = headers.get('x-request-id');
    expect(log.error).toHaveBeenCalledWith(expect.objectContaining({ requestId }), 'request failed');
    expect(log.info).toHaveBeenCalledWith(expect.objectContaining({ requestId, status: 500 }), 'request');
  });

  it('leaves neither token nor query nor body in the log', async () => {
    const log = listening();
    const headers = { authorization: 'Bearer s3cret', 'content-type': 'application/json' };
    await ask(
      `${activitiesPath}?token=s3cret`,
      { method: 'POST', headers, body: '"s3cret"' },
      { tokens: { operator: 's3cret' }, log }
    );
    expect(log.info).toHaveBeenCalledTimes(1);
    expect(JSON.stringify(log.info.mock.calls)).not.toContain('s3cret');
  });
});
