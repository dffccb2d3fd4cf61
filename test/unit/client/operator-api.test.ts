import { describe, expect, it } from '@jest/globals';
import { AmbiguousTrunk, TrunkDoesNotRegister, TrunkNotFound } from '../../../client/errors';
import { ask, expectProblem, fakeOperator, post } from './api-client';

const tokens = { operator: 'operators', channels: [{ botId: 'sales-bot', token: 'bots' }] };
const bearer = (token: string, init: RequestInit = {}): RequestInit => ({
  ...init,
  headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${token}` },
});

describe('what operators do over HTTP', () => {
  it('lists trunks and shows one', async () => {
    expect((await ask('/v1/trunks')).body).toMatchObject({ trunks: [{ trunk: 'sales', state: 'up', calls: 2 }] });
    const operator = fakeOperator();
    expect(await ask('/v1/trunks/sales@local', {}, operator)).toMatchObject({ status: 200, body: { login: '1000' } });
    expect(operator.trunks.get).toHaveBeenCalledWith('sales@local');
  });

  it.each([
    ['register', 'up'],
    ['unregister', 'down'],
  ] as const)('%ss a trunk', async (what, state) => {
    const operator = fakeOperator();
    const answer = await ask(`/v1/trunks/sales/${what}`, post('{}'), operator);
    expect(answer).toMatchObject({ status: 200, body: { state } });
    expect(operator.trunks[what]).toHaveBeenCalledWith('sales');
  });

  it('reloads the configuration, and tells its faults', async () => {
    expect((await ask('/v1/config/reload', post('{}'))).body).toEqual({
      trunks: ['sales'],
      channels: ['sales-bot'],
      needsRestart: [],
    });
    const reload = (): { isDone: false; faults: string[] } => ({ isDone: false, faults: ['a.yaml:3 node: is wrong'] });
    const refused = await ask('/v1/config/reload', post('{}'), { reload });
    expectProblem(refused, 422);
    expect(refused.body['errors']).toEqual([{ path: 'config', message: 'a.yaml:3 node: is wrong' }]);
  });

  it.each([
    [new TrunkNotFound('sales'), 404],
    [new AmbiguousTrunk('sales', ['a', 'b']), 409],
    [new TrunkDoesNotRegister('sales'), 409],
  ])('answers %p with %i', async (err, status) => {
    const operator = fakeOperator();
    operator.trunks.register.mockRejectedValue(err);
    expectProblem(await ask('/v1/trunks/sales/register', post('{}'), operator), status);
  });

  it.each(['/v1/trunks', '/v1/trunks/sales', '/v1/trunks/sales/register', '/v1/config/reload'])(
    'keeps bots and strangers from %s',
    async (path) => {
      const init = /register|reload/.test(path) ? post('{}') : {};
      expectProblem(await ask(path, init, { tokens }), 401);
      expectProblem(await ask(path, bearer('bots', init), { tokens }), 403);
      expect((await ask(path, bearer('operators', init), { tokens })).status).toBe(200);
    }
  );

  it('takes no form of a web page', async () => {
    for (const path of ['/v1/trunks/sales/unregister', '/v1/config/reload'])
      expectProblem(await ask(path, post('{}', 'text/plain')), 415);
  });
});
