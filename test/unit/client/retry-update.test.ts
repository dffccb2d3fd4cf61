import { describe, expect, it } from '@jest/globals';
import { ServiceError } from '@temporalio/client';
import { untilTaken } from '../../../client/retry-update';

const DROPPED = 'Unable to perform workflow execution update due to unexpected workflow task failure.';

function refused(code: number, details: string): ServiceError {
  const cause = Object.assign(new Error(`${code}: ${details}`), { code, details, metadata: {} });
  return new ServiceError('Workflow Update failed', { cause });
}

describe('an update', () => {
  it('is sent again when Temporal dropped it with its workflow task', async () => {
    let tries = 0;
    const send = () => (++tries < 3 ? Promise.reject(refused(9, DROPPED)) : Promise.resolve('taken'));
    await expect(untilTaken(send)).resolves.toBe('taken');
    expect(tries).toBe(3);
  });

  it.each([refused(9, 'no poller'), refused(14, DROPPED), new Error(DROPPED)])(
    'is not sent again after another failure: %s',
    async (err) => {
      let tries = 0;
      await expect(untilTaken(() => (tries++, Promise.reject(err)))).rejects.toBe(err);
      expect(tries).toBe(1);
    }
  );

  it('is given up in the end', async () => {
    await expect(untilTaken(() => Promise.reject(refused(9, DROPPED)))).rejects.toThrow('Workflow Update failed');
  });
});
