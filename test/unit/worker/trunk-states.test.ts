import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { TrunkStates } from '../../../worker/trunks/trunk-states';

const query = jest.fn<() => Promise<unknown>>();
const client = {
  withDeadline: (_: number, request: () => Promise<unknown>) => request(),
  workflow: { getHandle: () => ({ query }) },
} as unknown as Client;

beforeEach(() => {
  jest.useFakeTimers();
  query.mockReset();
});
afterEach(() => {
  jest.useRealTimers();
});

it('asks for the state of a trunk once a second at most', async () => {
  const states = new TrunkStates(client, 'a');
  query.mockResolvedValueOnce({ state: 'up' }).mockResolvedValueOnce({ state: 'down' });
  await expect(Promise.all([states.of('north'), states.of('north')])).resolves.toEqual([
    { state: 'up' },
    { state: 'up' },
  ]);
  jest.advanceTimersByTime(1_001);
  await expect(states.of('north')).resolves.toEqual({ state: 'down' });
  expect(query).toHaveBeenCalledTimes(2);
});

it('knows nothing of a trunk that has no registration, or while nobody answers', async () => {
  const states = new TrunkStates(client, 'a');
  query.mockRejectedValueOnce(new Error('no such workflow'));
  await expect(states.of('north')).resolves.toBeUndefined();
  query.mockReturnValueOnce(new Promise(() => undefined));
  const asked = states.of('south');
  await jest.advanceTimersByTimeAsync(1_500);
  await expect(asked).resolves.toBeUndefined();
});
