import { describe, expect, it } from '@jest/globals';
import { registerRequestedSignal } from '../../contracts/registration';
import { eventually } from '../support/eventually';
import { isRegistered, statusOf } from '../support/trunk-provider';
import type { TrunkStage } from '../support/trunk-stage';
import { trunkStage } from '../support/trunk-stage';

let on: TrunkStage;
trunkStage(
  (stage) => {
    on = stage;
  },
  // Refreshes are due after minutes only.
  { trunk: { register: { expiresS: 600, retryMinS: 0.2, retryMaxS: 1 } } }
);

describe('a trunk of a node with three workers (Kamailio)', () => {
  /** CSeq and Call-ID of each REGISTER of the first login that the provider took. */
  const taken = (): { cseq: number; callId: string }[] =>
    on.provider
      .lines(/registered 1000 /)
      .map((line) => /cseq (\d+) call-id (\S+)/.exec(line)!)
      .map(([, cseq, callId = '']) => ({ cseq: Number(cseq), callId }));

  it('registers once for all of them, and goes on when one after the other is killed', async () => {
    const { engine } = on;
    const workers = [engine.worker, await engine.startWorker(), await engine.startWorker()];
    for (const trunk of ['first', 'second']) await statusOf(engine, trunk, isRegistered);
    await on.provider.until(/registered 1000 /);
    expect(taken()).toHaveLength(1);

    for (const [i, worker] of workers.slice(0, 2).entries()) {
      const { expiresAt: before = '' } = await statusOf(engine, 'first', isRegistered);
      // On its way, or about to be, while the worker dies.
      await Promise.all([on.signal('first', registerRequestedSignal), worker.kill()]);
      await eventually(() => taken().length >= i + 2, 'the trunk registers again');
      // The next one is asked for when this one is known: one that is on its way would do for both.
      await statusOf(engine, 'first', ({ expiresAt = '' }) => expiresAt > before);
    }

    const cseqs = taken().map(({ cseq }) => cseq);
    expect(cseqs).toHaveLength(3);
    expect(cseqs).toEqual([...new Set(cseqs)].sort((one, other) => one - other));
    expect(new Set(taken().map(({ callId }) => callId)).size).toBe(1);
    await on.provider.until(/registered 2000 /);
    expect(on.provider.lines(/registered 2000 /)).toHaveLength(1);
  }, 240_000);
});
