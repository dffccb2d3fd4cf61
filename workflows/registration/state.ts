import type { SendRegisterResult } from '../../contracts/activities-trunk';
import type {
  RegistrationCarryOver,
  RegistrationPhase,
  RegistrationSettings,
  TrunkState,
} from '../../contracts/registration';

/** Where a registration stands. `nextAtMs` absent: nothing is due. */
export type RegistrationState = RegistrationCarryOver;

/** What became of one REGISTER: the registrar's answer, or why there is none. */
export type RegisterOutcome = SendRegisterResult | { fault: string };

export interface Moment {
  settings: RegistrationSettings;
  atMs: number;
  /** 0 to 1. */
  random: number;
}

/** After a fault without an answer it is not known how far CSeq has come; answers to challenges raise it too. */
const CSEQ_AFTER_FAULT = 10;

/** A granted time above this is refreshed so long before its end, any other at its half. */
const LONG_EXPIRES_S = 1_200;
const REFRESH_BEFORE_S = 600;

/** The registrar knows the request and will not have it, whatever target it comes by. */
const REFUSALS = new Set([401, 403, 404, 407]);

/** The state after a REGISTER (RFC 3261 section 10.2). Pure. */
export function afterRegister(before: RegistrationState, outcome: RegisterOutcome, moment: Moment): RegistrationState {
  if ('fault' in outcome) {
    const state = { ...before, cseq: before.cseq + CSEQ_AFTER_FAULT };
    return nextTargetOrLater(state, outcome.fault, moment);
  }
  const { sipStatus, reasonPhrase, cseq, grantedS = 0, minExpiresS = 0, retryAfterS } = outcome;
  const state = { ...before, cseq: cseq + 1 };
  const words = `${sipStatus} ${reasonPhrase}`;
  if (sipStatus < 300 && grantedS === 0) return later(state, `${words}, without a binding`, 'failing', moment);
  if (sipStatus < 300) return registered(state, grantedS, moment);
  if (sipStatus === 423 && minExpiresS > askedS(state, moment.settings))
    return { ...state, askS: minExpiresS, nextAtMs: moment.atMs };
  const redirect = redirectOf(outcome);
  if (redirect !== undefined && state.redirect === undefined) return { ...state, redirect, nextAtMs: moment.atMs };
  if (REFUSALS.has(sipStatus)) return later(state, words, 'refused', moment, retryAfterS);
  return nextTargetOrLater(state, words, moment, retryAfterS);
}

/** @returns where a 3xx sends us */
export function redirectOf(outcome: RegisterOutcome): string | undefined {
  return 'fault' in outcome ? undefined : outcome.contacts.find((uri) => /^sip:/i.test(uri));
}

/** The `sip:` URI of the next REGISTER. A binding is refreshed at the first target, wherever it was made. */
export function targetOf(state: RegistrationState, { targets }: RegistrationSettings): string {
  return state.redirect ?? targets[state.target] ?? targets[0] ?? '';
}

/** Seconds to ask for: a registrar may want more than is configured. */
export function askedS({ askS = 0 }: RegistrationState, { expiresS = 0 }: RegistrationSettings): number {
  return Math.max(askS, expiresS);
}

export function isBound({ expiresAtMs = 0 }: RegistrationState, atMs: number): boolean {
  return expiresAtMs > atMs;
}

/** @returns the worse of what registration and OPTIONS tell */
export function trunkState(state: RegistrationState, atMs: number): TrunkState {
  const byPhase: Record<RegistrationPhase, TrunkState> = {
    off: 'up',
    registered: state.problem === undefined && state.boundTarget === 0 ? 'up' : 'degraded',
    registering: 'down',
    failing: 'down',
    refused: 'down',
    unregistered: 'down',
  };
  const registration = state.phase === 'registered' && !isBound(state, atMs) ? 'down' : byPhase[state.phase];
  const worst = (['down', 'degraded'] as const).find((each) => each === registration || each === state.reach);
  return worst ?? 'up';
}

/**
 * Back-off of RFC 5626 section 4.5: doubled with each failure, between half and the whole of it at random.
 * @param failures how many there have been, 1 or more
 * @returns ms
 */
export function retryDelayMs(failures: number, { min, max }: RegistrationSettings['retryMs'], random: number): number {
  const upper = Math.min(max, min * 2 ** Math.min(failures - 1, 30));
  return Math.round(upper * (0.5 + random / 2));
}

function registered(state: RegistrationState, grantedS: number, { atMs }: Moment): RegistrationState {
  const { problem: _, redirect: __, ...rest } = state;
  const refreshS = grantedS > LONG_EXPIRES_S ? grantedS - REFRESH_BEFORE_S : grantedS / 2;
  return {
    ...rest,
    phase: 'registered',
    sinceMs: state.phase === 'registered' ? state.sinceMs : atMs,
    boundTarget: state.target,
    target: 0,
    failures: 0,
    expiresAtMs: atMs + grantedS * 1_000,
    nextAtMs: atMs + Math.round(refreshS * 1_000),
  };
}

function nextTargetOrLater(
  state: RegistrationState,
  problem: string,
  moment: Moment,
  retryAfterS?: number
): RegistrationState {
  const { redirect: _, ...rest } = state;
  if (state.target + 1 < moment.settings.targets.length)
    return { ...rest, target: state.target + 1, problem, nextAtMs: moment.atMs };
  return later(state, problem, 'failing', moment, retryAfterS);
}

/** While the binding holds, a failed refresh is a problem and no more. */
function later(
  state: RegistrationState,
  problem: string,
  phase: 'failing' | 'refused',
  { settings, atMs, random }: Moment,
  retryAfterS = 0
): RegistrationState {
  const { redirect: _, ...rest } = state;
  const failures = state.failures + 1;
  const isKept = state.phase === 'registered' && isBound(state, atMs);
  return {
    ...rest,
    phase: isKept ? 'registered' : phase,
    sinceMs: isKept || state.phase === phase ? state.sinceMs : atMs,
    target: 0,
    failures,
    problem,
    nextAtMs: atMs + Math.max(retryDelayMs(failures, settings.retryMs, random), retryAfterS * 1_000),
  };
}
