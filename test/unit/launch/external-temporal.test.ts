import { describe, expect, it, jest } from '@jest/globals';
import type { Connection } from '@temporalio/client';
import { ensureSearchAttributes } from '../../../launch/external-temporal';

const TYPES = { CallPhase: 'Keyword', CallTrunk: 'Keyword' };

function connectionWith(registered: string[], add: (request: object) => Promise<object>): Connection {
  const customAttributes = Object.fromEntries(registered.map((name) => [name, 2]));
  const operatorService = {
    listSearchAttributes: () => Promise.resolve({ customAttributes }),
    addSearchAttributes: add,
  };
  return { operatorService } as unknown as Connection;
}

describe('the search attributes of a Temporal server that is not ours', () => {
  it('are left alone when all are registered', async () => {
    const add = jest.fn((_request: object) => Promise.resolve({}));
    await expect(ensureSearchAttributes(connectionWith(Object.keys(TYPES), add), 'calls', TYPES)).resolves.toEqual([]);
    expect(add).not.toHaveBeenCalled();
  });

  it('are registered where they are missing', async () => {
    const add = jest.fn((_request: object) => Promise.resolve({}));
    const connection = connectionWith(['CallPhase'], add);
    await expect(ensureSearchAttributes(connection, 'calls', TYPES)).resolves.toEqual(['CallTrunk']);
    expect(add).toHaveBeenCalledWith({ namespace: 'calls', searchAttributes: { CallTrunk: 2 } });
  });

  it('are told as commands when we may not register them', async () => {
    const connection = connectionWith([], () => Promise.reject(new Error('permission denied')));
    await expect(ensureSearchAttributes(connection, 'calls', TYPES)).rejects.toThrow(
      /permission denied[^]*search-attribute create --namespace calls --name CallPhase --type Keyword --name CallTrunk --type Keyword/
    );
  });
});
