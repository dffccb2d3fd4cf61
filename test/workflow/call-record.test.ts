import { afterAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import type { CallRecord } from '../../contracts/call-record';
import { callInput, closeHarness, leg, withCall } from '../support/call-harness';

afterAll(closeHarness);

describe('the record of a call', () => {
  it('tells of each leg and each attempt, with who ended what and why', async () => {
    await withCall({}, async (call) => {
      await call.until(({ phase }) => phase === 'conversing');
      await call.transfer({ handoverReason: 'wants a person' });
      await call.notify(486);
      await call.until(({ phase }) => phase === 'conversing');
      await call.transfer({ transferTarget: 'sip:second@peer', transferNotificationsHangupMS: 0 });
      await call.notify(200);
      await call.until(({ phase }) => phase === 'grace' || phase === 'ended');
      await call.byeFrom('caller');
      const record = await call.result();
      expect(record).toMatchObject({
        schemaVersion: 1,
        end: { reasonCode: 'transferred', by: 'transfer' },
        legs: [
          { kind: 'caller', dialogId: leg('caller').dialogId, endedBy: 'peer' },
          { kind: 'bot', dialogId: leg('bot').dialogId, endedBy: 'us', reason: 'transferred to sip:second@peer' },
        ],
        transfers: [
          {
            target: 'sip:agent@peer',
            method: 'refer',
            handoverReason: 'wants a person',
            trunk: 'trunk',
            trunkReason: 'arrival',
            outcome: { status: 'failed', evidence: 'notify', reasonCode: 'busy', sipStatus: 486 },
          },
          { target: 'sip:second@peer', outcome: { status: 'answered', evidence: 'notify', sipStatus: 200 } },
        ],
      });
      for (const { startedAt, endedAt } of record.legs)
        expect(Date.parse(endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(startedAt));
      for (const { requestedAt, endedAt, elapsedMs } of record.transfers)
        expect(Date.parse(requestedAt) + (elapsedMs ?? -1)).toBe(Date.parse(endedAt ?? ''));
    });
  });

  it('is pushed until the receiver takes it, the same each time', async () => {
    let tries = 0;
    const pushRecord = () => (++tries === 1 ? Promise.reject(ApplicationFailure.retryable('away')) : Promise.resolve());
    await withCall(
      { pushRecord },
      async (call) => {
        await call.until(({ phase }) => phase === 'conversing');
        await call.byeFrom('caller');
        const record = await call.result();
        const pushed = call.effects.filter(({ name }) => name === 'pushRecord').map(({ input }) => input as CallRecord);
        expect(pushed).toEqual([record, record]);
        expect(call.count('writeRecord')).toBe(1);
      },
      callInput({ pushesRecord: true })
    );
  });
});
