import { afterAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { callInput, closeHarness, withCall } from '../support/call-harness';

afterAll(closeHarness);

describe('a transfer of a channel with a budget', () => {
  const input = (): ReturnType<typeof callInput> => {
    const call = callInput();
    call.channel.attemptsPerHour = 1;
    return call;
  };

  it('takes its attempt before the REFER goes out', async () => {
    await withCall(
      {},
      async (call) => {
        await call.until(({ phase }) => phase === 'conversing');
        await call.transfer({ transferNotificationsHangupMS: 0 });
        await call.until(({ timeline }) => timeline.some(({ event }) => event === 'ReferAnswered'));
        const { attemptId } = call.effects.find(({ name }) => name === 'takeAttempt')?.input as { attemptId: string };
        await call.notify(200);
        const { transfers, refused } = await call.result();
        expect(attemptId).toBe(transfers[0]?.attemptId);
        expect(refused).toEqual([]);
      },
      input()
    );
  });

  it.each([
    ['is used up', () => Promise.resolve({ status: 'used-up' as const })],
    ['could not be asked', () => Promise.reject(ApplicationFailure.nonRetryable('no worker'))],
  ])('fails without a REFER when the budget %s, and the bot keeps the call', async (words, takeAttempt) => {
    await withCall(
      { takeAttempt },
      async (call) => {
        await call.until(({ phase }) => phase === 'conversing');
        await call.transfer();
        await call.until(({ phase, transfers }) => phase === 'conversing' && transfers.length === 1);
        await call.byeFrom('caller');
        const { transfers, refused } = await call.result();
        const reason: unknown = expect.stringContaining(words);
        expect(transfers[0]?.outcome).toMatchObject({
          status: 'failed',
          reasonCode: 'error',
          evidence: 'local',
          reason,
        });
        expect(refused).toEqual([expect.objectContaining({ reason })]);
        expect(call.count('sendRefer')).toBe(0);
        expect(call.botEvents()[1]).toMatchObject({ name: 'transferStatus', value: { status: 'failed', reason } });
      },
      input()
    );
  });
});
