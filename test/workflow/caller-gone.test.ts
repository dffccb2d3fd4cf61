import { afterAll, describe, expect, it } from '@jest/globals';
import { callerGoneSignal } from '../../contracts/messages';
import { closeHarness, withCall } from '../support/call-harness';

afterAll(closeHarness);

/** Longer than the signals of the test need. */
const GRACE_MS = 3_000;

describe('a worker finds the caller gone whose INVITE it could not answer', () => {
  it('cuts no grace short when that caller was answered by another worker and has hung up since', async () => {
    await withCall({}, async (call) => {
      await call.until(({ phase }) => phase === 'conversing');
      await call.transfer({ transferNotificationsHangupMS: GRACE_MS });
      await call.notify(200);
      await call.until(({ phase }) => phase === 'grace');
      await call.byeFrom('caller');
      await call.handle.signal(callerGoneSignal);
      const { end, transfers } = await call.result();
      expect(end.reasonCode).toBe('transferred');
      const bye = call.effects.find(({ name }) => name === 'endLeg');
      expect((bye?.atMs ?? 0) - Date.parse(transfers[0]?.endedAt ?? '')).toBeGreaterThanOrEqual(GRACE_MS);
    });
  });

  it('ends a call in which it finds nobody', async () => {
    await withCall({}, async (call) => {
      await call.until(({ phase }) => phase === 'conversing');
      await call.handle.signal(callerGoneSignal);
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected', by: 'caller' } });
    });
  });
});
