import { ApplicationFailure } from '@temporalio/workflow';
import { carryOutActivities } from '../bot-activities';
import { failureText } from '../failure';
import { letBotGo } from '../leave';
import type { CallSession } from '../session';

/** The caller is the bot's, and the bot is gone. */
export function lacksBot({ state }: CallSession): boolean {
  return state.phase === 'conversing' && state.botLost !== undefined;
}

/** What the channel has for callers whose bot is lost. `transfer`: `activityParams`, where a target is given. */
export function failoverOf({ input }: CallSession): { hangupReason?: string; transfer?: Record<string, unknown> } {
  const { hangupReason, ...params } = input.channel.connector?.failover ?? {};
  const hasTarget = 'transferTarget' in params || 'transferTargets' in params;
  return { ...(hangupReason === undefined ? {} : { hangupReason }), ...(hasTarget ? { transfer: params } : {}) };
}

/** Hands the caller over as the channel says, or ends the call. When no target takes the caller, nobody is left to give it back to. */
export async function failOver(call: CallSession): Promise<void> {
  const { hangupReason, transfer } = failoverOf(call);
  const { botLost = '' } = call.state;
  if (transfer) await handOver(call, transfer);
  if (call.isIn('transferring')) letBotGo(call, { reasonCode: 'error', reason: botLost, by: 'bot' });
  else call.apply({ type: 'BotFailed', reason: hangupReason ?? botLost, atMs: Date.now() });
}

async function handOver(call: CallSession, params: Record<string, unknown>): Promise<void> {
  // There is nobody to notify, or to give the caller back to.
  const activityParams = { ...params, transferNotifications: false, continueCall: false };
  try {
    const payload = { type: 'event', name: 'transfer', id: 'fail-over', activityParams };
    await carryOutActivities(call, { payload });
  } catch (err) {
    if (!(err instanceof ApplicationFailure)) throw err;
    call.note({ event: 'FailOverRefused', detail: failureText(err) });
  }
}
