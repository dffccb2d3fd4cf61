import { allHandlersFinished, condition, continueAsNew, patched, workflowInfo } from '@temporalio/workflow';
import type {
  RegistrationInput,
  RegistrationPhase,
  RegistrationSettings,
  TrunkStatus,
} from '../../contracts/registration';
import { registerEffectId } from '../../contracts/ids';
import { failureText } from '../call/failure';
import { sendRegister } from './effects';
import { handleMessages } from './handlers';
import { TrunkSession } from './session';
import type { RegisterOutcome, RegistrationState } from './state';
import { afterRegister, askedS, isBound, redirectOf, targetOf } from './state';
import { keepWatch } from './watch';

/** One trunk's registration and watch, for as long as the trunk is configured. */
export async function registrationWorkflow(input: RegistrationInput): Promise<TrunkStatus> {
  const trunk = new TrunkSession(input);
  handleMessages(trunk);
  void keepWatch(trunk);
  while (!trunk.isRemoved) {
    const { messages } = trunk;
    await keepBinding(trunk);
    if (trunk.messages !== messages) continue;
    if (isLong(input)) await startAnew(trunk);
    await untilDue(trunk);
  }
  await removeBinding(trunk, 'off');
  await condition(allHandlersFinished);
  return trunk.status;
}

function isLong({ historyEventsPerRun = Infinity }: RegistrationInput): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength >= historyEventsPerRun;
}

/** Does what is due: removes a binding that is outdated or not wanted, makes or refreshes one that is. */
async function keepBinding(trunk: TrunkSession): Promise<void> {
  const { isWanted, isOutdated } = trunk;
  if (!isWanted || isOutdated) await removeBinding(trunk, idlePhase(trunk));
  if (!isWanted) return;
  const { phase, sinceMs: _, ...state } = trunk.state;
  const isNew = phase === 'off' || phase === 'unregistered';
  if (isNew) trunk.become({ ...state, phase: 'registering', sinceMs: Date.now(), nextAtMs: Date.now() });
  while (trunk.isWanted && !trunk.isOutdated && (trunk.state.nextAtMs ?? 0) <= Date.now()) await register(trunk);
}

function idlePhase({ settings, isRemoved }: TrunkSession): RegistrationPhase {
  return settings.expiresS === undefined || isRemoved ? 'off' : 'unregistered';
}

async function register(trunk: TrunkSession): Promise<void> {
  const { settings, state } = trunk;
  const outcome = await sendOnce(settings, state, askedS(state, settings));
  trunk.become(afterRegister(trunk.state, outcome, { settings, atMs: Date.now(), random: Math.random() }));
  if (isBound(trunk.state, Date.now())) trunk.boundWith = settings;
}

/** Removes what binding there is, as well as it can be done: one that stays ends by itself. */
async function removeBinding(trunk: TrunkSession, phase: RegistrationPhase): Promise<void> {
  const { boundWith } = trunk;
  if (boundWith && isBound(trunk.state, Date.now())) {
    const redirect = await unregister(trunk, boundWith);
    if (redirect !== undefined && patched('2026-11-unregister-redirect')) await unregister(trunk, boundWith, redirect);
  }
  trunk.boundWith = undefined;
  const { expiresAtMs: _, nextAtMs: __, problem: ___, redirect: ____, askS: _____, ...rest } = trunk.state;
  if (rest.phase !== phase) trunk.become({ ...rest, phase, sinceMs: Date.now(), target: 0, failures: 0 });
}

/** @param redirect where a 3xx has sent us. @returns where another one does */
async function unregister(
  trunk: TrunkSession,
  boundWith: RegistrationSettings,
  redirect?: string
): Promise<string | undefined> {
  const { state } = trunk;
  const at = { ...state, target: state.boundTarget, ...(redirect === undefined ? {} : { redirect }) };
  const outcome = await sendOnce(boundWith, at, 0);
  trunk.become({ ...trunk.state, cseq: 'fault' in outcome ? state.cseq + 10 : outcome.cseq + 1 });
  return redirectOf(outcome);
}

async function sendOnce(
  settings: RegistrationSettings,
  state: RegistrationState,
  expiresS: number
): Promise<RegisterOutcome> {
  const { trunk, login, domain, outboundProxy } = settings;
  const { sipCallId, fromTag, cseq } = state;
  const target = targetOf(state, settings);
  const summary = `REGISTER ${login} → ${target}${expiresS === 0 ? ', end' : ''}`;
  const input = {
    ...{ trunk, login, domain, target, sipCallId, fromTag, cseq, expiresS },
    ...(outboundProxy === undefined ? {} : { outboundProxy }),
    effectId: registerEffectId(sipCallId, cseq),
  };
  try {
    return await sendRegister.executeWithOptions({ summary }, [input]);
  } catch (err) {
    return { fault: failureText(err) };
  }
}

/** Until a message comes, the next REGISTER is due, or the binding ends. */
async function untilDue(trunk: TrunkSession): Promise<void> {
  const { messages, state, isWanted } = trunk;
  const { nextAtMs, expiresAtMs = 0 } = state;
  const isWoken = (): boolean => trunk.messages !== messages;
  if (!isWanted || nextAtMs === undefined) {
    await condition(isWoken);
    return;
  }
  const atMs = Date.now();
  const endsFirst = expiresAtMs > atMs && expiresAtMs < nextAtMs;
  const untilMs = endsFirst ? expiresAtMs : nextAtMs;
  await condition(isWoken, Math.max(untilMs - atMs, 1), { summary: endsFirst ? 'the binding ends' : 'next REGISTER' });
  if (state.phase === 'registered' && !isBound(state, Date.now()))
    trunk.become({ ...trunk.state, phase: 'failing', sinceMs: Date.now() });
}

async function startAnew(trunk: TrunkSession): Promise<never> {
  await condition(allHandlersFinished);
  return continueAsNew<typeof registrationWorkflow>(trunk.continuation);
}
