import { describe, it, expect, jest } from '@jest/globals';
import {
  CallNotFound,
  CallNotReady,
  InvalidActivity,
  InvalidPageToken,
  TemporalUnavailable,
  TooManyWatches,
  TransferInProgress,
} from '../../../client/errors';
import type { ApiOptions } from '../../../client/api/api';
import { activitiesPath, ask, callId, expectProblem, fakeCalls, post, receipts, view } from './api-client';

describe('the API of a call', () => {
  it('carries out activities and answers with what became of each', async () => {
    const calls = fakeCalls();
    const payload = { type: 'event', name: 'transfer', activityParams: { transferTarget: '1000' } };
    const answer = await ask(activitiesPath, post(JSON.stringify(payload), 'Application/JSON; charset=utf-8'), {
      calls,
    });
    expect(answer).toMatchObject({ status: 200, contentType: 'application/json', body: { activities: receipts } });
    expect(calls.sendActivities).toHaveBeenCalledWith(callId, payload);
  });

  it('shows a call', async () => {
    const calls = fakeCalls();
    expect(await ask(`/v1/calls/${callId}`, {}, { calls })).toMatchObject({ status: 200, body: view });
    expect(calls.get).toHaveBeenCalledWith(callId);
  });

  it('lists calls, 50 a page unless asked otherwise', async () => {
    const calls = fakeCalls();
    expect(await ask('/v1/calls', {}, { calls })).toMatchObject({ body: { calls: [], nextPageToken: 'next' } });
    expect(calls.list).toHaveBeenLastCalledWith({ pageSize: 50 });
    await ask('/v1/calls?phase=ringing&pageSize=200&pageToken=abc', {}, { calls });
    expect(calls.list).toHaveBeenLastCalledWith({ phase: 'ringing', pageSize: 200, nextPageToken: 'abc' });
  });

  it.each([
    ['phase=asleep', 'phase'],
    ['pageSize=0', 'pageSize'],
    ['pageSize=201', 'pageSize'],
    ['pageSize=many', 'pageSize'],
    ['pageToken=', 'pageToken'],
  ])('refuses to list with %s', async (query, path) => {
    const answer = await ask(`/v1/calls?${query}`);
    expectProblem(answer, 422);
    expect(answer.body.errors).toEqual([{ path, message: expect.any(String) }]);
  });
});

describe('a refused request', () => {
  it.each([
    [415, 'not declared as JSON', post('{}', 'text/plain')],
    [415, 'not declared at all', { method: 'POST', body: new Uint8Array([123, 125]) }],
    [400, 'not JSON', post('{"type":')],
    [415, 'in another charset', post('{}', 'application/json; charset=utf-16')],
    [415, 'compressed', { ...post('{}'), headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } }],
    [400, 'not UTF-8', { ...post(''), body: new Uint8Array([34, 0xff, 34]) }],
    [400, 'in UTF-16', { ...post(''), body: Buffer.from('{}', 'utf16le') }],
    [422, 'an object with a name twice', post('{"type":"event","name":"hangup","type":"message"}')],
    [400, 'empty', post('')],
    [413, 'longer than 64 KiB', post(`"${'x'.repeat(64 * 1024)}"`)],
  ])('is answered with %i when its body is %s', async (status, _, init) => {
    const calls = fakeCalls();
    expectProblem(await ask(activitiesPath, init, { calls }), status);
    expect(calls.sendActivities).not.toHaveBeenCalled();
  });

  it('is taken when its body is exactly 64 KiB', async () => {
    expect(await ask(activitiesPath, post(`"${'x'.repeat(64 * 1024 - 2)}"`))).toMatchObject({ status: 200 });
  });

  it('names each fault of an activity', async () => {
    const faults = [{ path: 'activities[0].activityParams.transferTarget', message: 'is missing' }];
    const calls = fakeCalls();
    calls.sendActivities.mockRejectedValue(new InvalidActivity(faults));
    const answer = await ask(activitiesPath, post('{}'), { calls });
    expectProblem(answer, 422);
    expect(answer.body.errors).toEqual(faults);
  });

  it.each([
    { status: 404, error: new CallNotFound(callId), type: 'urn:durable-calls:problem:call-not-found' },
    { status: 409, error: new CallNotReady('it is ringing'), type: 'urn:durable-calls:problem:call-not-ready' },
    { status: 409, error: new TransferInProgress('pending'), type: 'urn:durable-calls:problem:transfer-in-progress' },
    { status: 503, error: new TemporalUnavailable('no'), type: 'urn:durable-calls:problem:temporal-unavailable' },
    { status: 503, error: new TooManyWatches('full'), type: 'urn:durable-calls:problem:too-many-watches' },
  ])('is answered with $status for $error.name', async ({ status, error, type }) => {
    const calls = fakeCalls();
    calls.sendActivities.mockRejectedValue(error);
    const answer = await ask(activitiesPath, post('{}'), { calls });
    expectProblem(answer, status);
    expect(answer.body).toMatchObject({ type, detail: error.message });
    expect(answer.headers.has('retry-after')).toBe(status === 503);
  });

  it('blames the page token when the list does not know it', async () => {
    const calls = fakeCalls();
    calls.list.mockRejectedValue(new InvalidPageToken('was not issued for this list'));
    const answer = await ask('/v1/calls?pageToken=abc', {}, { calls });
    expectProblem(answer, 422);
    expect(answer.body.errors).toEqual([{ path: 'pageToken', message: 'was not issued for this list' }]);
  });

  it('keeps the details of our own faults to the log', async () => {
    const calls = fakeCalls();
    const fault = new Error('password=hunter2');
    calls.get.mockRejectedValue(fault);
    const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn<ApiOptions['log']['error']>() };
    const answer = await ask(`/v1/calls/${callId}`, {}, { calls, log });
    expectProblem(answer, 500);
    expect(JSON.stringify(answer.body)).not.toContain('hunter2');
    expect(log.error).toHaveBeenCalledWith(expect.objectContaining({ err: fault }), expect.any(String));
  });

  it.each(['/', '/v1', '/v1/call', `/v1/calls/${callId}/transfers`])('finds nothing at %s', async (path) => {
    expectProblem(await ask(path), 404);
  });

  it.each([
    ['DELETE', `/v1/calls/${callId}`, 'GET, HEAD'],
    ['POST', '/v1/calls', 'GET, HEAD'],
    ['GET', activitiesPath, 'POST'],
  ])('may not %s %s, and is told what it may', async (method, path, allow) => {
    const answer = await ask(path, { method });
    expectProblem(answer, 405);
    expect(answer.headers.get('allow')).toBe(allow);
  });
});
