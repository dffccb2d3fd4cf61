import { describe, it, expect, jest } from '@jest/globals';
import { ConfigError } from '../../../config/config';
import { searchAttributeTypes } from '../../../contracts/search-attributes';
import { requireSearchAttributes } from '../../../worker/search-attributes';

const all = Object.fromEntries(Object.keys(searchAttributeTypes).map((name) => [name, 2]));

type Connection = Parameters<typeof requireSearchAttributes>[0];

function check(listSearchAttributes: () => Promise<object>): { done: Promise<void>; warn: jest.Mock } {
  const withDeadline = (_: number, request: () => unknown): unknown => request();
  const connection = { operatorService: { listSearchAttributes }, withDeadline } as unknown as Connection;
  const warn = jest.fn();
  return { done: requireSearchAttributes(connection, 'calls', { warn }), warn };
}

describe('requireSearchAttributes', () => {
  it('lets a worker begin when all are there', async () => {
    await expect(check(() => Promise.resolve({ customAttributes: all })).done).resolves.toBeUndefined();
  });

  it('names what is missing, and the command that adds it', async () => {
    const { CallOutcome: _, ...others } = all;
    const { done } = check(() => Promise.resolve({ customAttributes: others }));
    await expect(done).rejects.toThrow(
      new ConfigError([
        'the namespace calls lacks the search attributes CallOutcome (run: temporal operator search-attribute create --namespace calls --name CallOutcome --type Keyword)',
      ])
    );
  });

  it('names what has another type', async () => {
    const { done } = check(() => Promise.resolve({ customAttributes: { ...all, CallPhase: 1 } }));
    await expect(done).rejects.toThrow(
      /the search attributes CallPhase of the namespace calls are not of type Keyword/
    );
  });

  it('lets a worker begin, and says so, where the server does not let it ask', async () => {
    const { done, warn } = check(() => Promise.reject(new Error('PERMISSION_DENIED')));
    await done;
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
