import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SendRegisterResult } from '../../../contracts/activities-trunk';
import type { RegistrationSettings } from '../../../contracts/registration';
import type { RegistrationState } from '../../../workflows/registration/state';
import { afterRegister, askedS, retryDelayMs, targetOf, trunkState } from '../../../workflows/registration/state';

const AT = 1_000_000;
const settings: RegistrationSettings = {
  trunk: 'sales',
  login: '1000',
  domain: 'peer',
  targets: ['sip:a', 'sip:b'],
  expiresS: 600,
  retryMs: { min: 30_000, max: 1_800_000 },
};
const moment = { settings, atMs: AT, random: 0 };

const state = (over: Partial<RegistrationState> = {}): RegistrationState => ({
  ...{ sipCallId: 'c', fromTag: 't', cseq: 1, phase: 'registering', sinceMs: 0, target: 0, boundTarget: 0 },
  ...{ failures: 0, reach: 'up' },
  ...over,
});
const answer = (sipStatus: number, over: Partial<SendRegisterResult> = {}): SendRegisterResult => ({
  ...{ sipStatus, reasonPhrase: 'Phrase', cseq: 2, contacts: [] },
  ...over,
});
const bound = state({ phase: 'registered', expiresAtMs: AT + 60_000, sinceMs: 5 });

describe('afterRegister', () => {
  it.each([
    [600, 300],
    [3_600, 3_000],
    [1, 0.5],
  ])('of a binding for %i s refreshes it after %d s', (grantedS, refreshS) => {
    expect(afterRegister(state({ failures: 3, problem: 'p' }), answer(200, { grantedS }), moment)).toEqual(
      state({
        cseq: 3,
        phase: 'registered',
        sinceMs: AT,
        expiresAtMs: AT + grantedS * 1_000,
        nextAtMs: AT + refreshS * 1_000,
      })
    );
  });

  it('does not ask again at once when the registrar grants no time', () => {
    expect(afterRegister(state(), answer(200, { grantedS: 0 }), moment)).toMatchObject({
      phase: 'failing',
      problem: '200 Phrase, without a binding',
      failures: 1,
      nextAtMs: AT + 15_000,
    });
  });

  it('asks for longer when the registrar wants it, once', () => {
    const longer = afterRegister(state(), answer(423, { minExpiresS: 900 }), moment);
    expect(longer).toMatchObject({ nextAtMs: AT, askS: 900 });
    expect(askedS(longer, settings)).toBe(900);
    expect(afterRegister(longer, answer(423, { minExpiresS: 900 }), moment)).toMatchObject({ target: 1 });
  });

  it('follows a 3xx to a sip: URI, once', () => {
    const sent = afterRegister(state(), answer(302, { contacts: ['tel:1', 'sip:elsewhere', 'sip:more'] }), moment);
    expect(targetOf(sent, settings)).toBe('sip:elsewhere');
    expect(sent.nextAtMs).toBe(AT);
    const again = afterRegister(sent, answer(302, { contacts: ['sip:further'] }), moment);
    expect(targetOf(again, settings)).toBe('sip:b');
  });

  it.each([503, 500, 408, 480, 603])(
    'goes to the next target at once after %i, and waits behind the last',
    (status) => {
      const next = afterRegister(state(), answer(status), moment);
      expect(next).toMatchObject({ target: 1, nextAtMs: AT, failures: 0, problem: `${status} Phrase` });
      expect(afterRegister(next, answer(status), moment)).toMatchObject({
        ...{ phase: 'failing', target: 0, failures: 1, nextAtMs: AT + 15_000, sinceMs: AT },
      });
    }
  );

  it('goes to the next target when nothing is known of a request, with CSeq well above it', () => {
    expect(afterRegister(state({ cseq: 7 }), { fault: 'lost' }, moment)).toMatchObject({ target: 1, cseq: 17 });
  });

  it.each([401, 403, 404, 407])('is refused by %i, whatever other targets there are', (status) => {
    expect(afterRegister(state(), answer(status), moment)).toMatchObject({ phase: 'refused', failures: 1, target: 0 });
  });

  it('waits as long as the registrar asks for', () => {
    const last = state({ target: 1 });
    expect(afterRegister(last, answer(503, { retryAfterS: 120 }), moment).nextAtMs).toBe(AT + 120_000);
  });

  it('keeps a binding that holds, and says what is wrong', () => {
    const kept = afterRegister({ ...bound, target: 1 }, answer(503), moment);
    expect(kept).toMatchObject({ phase: 'registered', sinceMs: 5, failures: 1, problem: '503 Phrase' });
    expect([trunkState(kept, AT), trunkState(kept, AT + 60_000)]).toEqual(['degraded', 'down']);
  });
});

describe('trunkState', () => {
  it.each([
    ['up', bound],
    ['degraded', { ...bound, boundTarget: 1 }],
    ['degraded', { ...bound, reach: 'degraded' as const }],
    ['down', { ...bound, reach: 'down' as const }],
    ['down', { ...bound, problem: 'p', reach: 'down' as const }],
    ['up', state({ phase: 'off' })],
    ['down', state({ phase: 'unregistered' })],
    ['down', state()],
  ])('is %s', (expected, given) => {
    expect(trunkState(given, AT)).toBe(expected);
  });
});

describe('retryDelayMs', () => {
  it('doubles within its bounds, at random between half and whole', () => {
    const bounds = { min: 30_000, max: 1_800_000 };
    expect([1, 2, 3, 20].map((failures) => retryDelayMs(failures, bounds, 0))).toEqual([
      15_000, 30_000, 60_000, 900_000,
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, random) => {
        const delay = retryDelayMs(n, bounds, random);
        expect(delay).toBeGreaterThanOrEqual(15_000);
        expect(delay).toBeLessThanOrEqual(1_800_000);
      })
    );
  });
});
