import { log, setCurrentDetails, upsertSearchAttributes, uuid4 } from '@temporalio/workflow';
import type { RegistrationInput, RegistrationSettings, TrunkState, TrunkStatus } from '../../contracts/registration';
import { trunkSearchAttributes } from '../../contracts/search-attributes';
import type { RegistrationState } from './state';
import { isBound, targetOf, trunkState } from './state';

/** One trunk while it is kept registered: its settings, its state, and what operators see of it. */
export class TrunkSession {
  settings: RegistrationSettings;
  /** What the binding was made with, for its removal. */
  boundWith: RegistrationSettings | undefined;
  isUnwanted: boolean;
  isRemoved = false;
  /** Raised by every message. */
  messages = 0;
  #state: RegistrationState;
  #shown: TrunkState | undefined;

  constructor(private readonly input: RegistrationInput) {
    const { settings, carryOver } = input;
    this.settings = settings;
    const { boundWith, isUnwanted, ...state } = carryOver ?? begun();
    this.boundWith = boundWith;
    this.isUnwanted = isUnwanted;
    this.#state = state;
    this.#show();
  }

  get state(): RegistrationState {
    return this.#state;
  }

  /** The one place where state changes. */
  become(state: RegistrationState): void {
    const before = this.#state;
    this.#state = state;
    if (before.phase !== state.phase || before.problem !== state.problem || before.reach !== state.reach) {
      const { trunk, node, registration, state: is, problem } = this.status;
      const fields = { trunk, node, registration, state: is, problem };
      if (problem === undefined) log.info('TrunkChanged', fields);
      else log.warn(`is ${is}`, { ...fields, reason: problem });
    }
    this.#show();
  }

  /** The trunk is to be registered. */
  get isWanted(): boolean {
    return this.settings.expiresS !== undefined && !this.isUnwanted && !this.isRemoved;
  }

  /** The binding was made with other settings than those that hold now. */
  get isOutdated(): boolean {
    return this.boundWith !== undefined && identity(this.boundWith) !== identity(this.settings);
  }

  get status(): TrunkStatus {
    const { settings, state } = this;
    const { expiresAtMs, nextAtMs, problem } = state;
    const atMs = Date.now();
    const bound = isBound(state, atMs);
    return {
      trunk: settings.trunk,
      node: this.input.node,
      login: settings.login,
      state: trunkState(state, atMs),
      registration: state.phase,
      since: new Date(state.sinceMs).toISOString(),
      target: bound ? (settings.targets[state.boundTarget] ?? '') : targetOf(state, settings),
      ...(bound && expiresAtMs !== undefined ? { expiresAt: new Date(expiresAtMs).toISOString() } : {}),
      ...(nextAtMs === undefined ? {} : { nextAt: new Date(nextAtMs).toISOString() }),
      failures: state.failures,
      ...(problem === undefined ? {} : { problem }),
    };
  }

  /** What it takes to go on in a new history. */
  get continuation(): RegistrationInput {
    const { state, boundWith, isUnwanted, settings } = this;
    const carryOver = { ...state, isUnwanted, ...(boundWith === undefined ? {} : { boundWith }) };
    return { ...this.input, settings, carryOver };
  }

  #show(): void {
    const { state, registration, target, expiresAt, problem, trunk, login } = this.status;
    if (this.#shown !== state) upsertSearchAttributes([{ key: trunkSearchAttributes.state, value: state }]);
    this.#shown = state;
    const lines = [
      `**${state}**: trunk ${trunk}, login ${login}, ${registration} at ${target}`,
      ...(expiresAt === undefined ? [] : [`bound until ${expiresAt}`]),
      ...(problem === undefined ? [] : [`problem: ${problem}`]),
    ];
    setCurrentDetails(lines.join('\n\n'));
  }
}

/** What the registrar knows of a binding. */
function identity({ trunk, login, domain, targets, outboundProxy, expiresS }: RegistrationSettings): string {
  return JSON.stringify([trunk, login, domain, targets, outboundProxy, expiresS]);
}

function begun(): NonNullable<RegistrationInput['carryOver']> {
  const atMs = Date.now();
  return {
    sipCallId: uuid4(),
    fromTag: uuid4().slice(0, 8),
    cseq: 1,
    phase: 'off',
    sinceMs: atMs,
    target: 0,
    boundTarget: 0,
    failures: 0,
    reach: 'up',
    isUnwanted: false,
  };
}
