import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { CallPhase } from '../../contracts/call';
import { callSearchAttributes } from '../../contracts/search-attributes';
import type { CallSession } from './session';
import type { Leg } from './state';
import type { Deadline } from './transfer/pending';

/** The last attempts, and lines of the timeline, that operators see at a glance. */
const SHOWN = 5;

/** Keeps what operators see of the call in the Temporal UI in step with its state. */
export function showPhase(call: CallSession, before: CallPhase): void {
  const { phase, end } = call.state;
  if (phase !== before && phase !== 'ringing') {
    // `ringing` follows `arriving` within one workflow task, and the start already says `ringing`.
    const outcome = phase === 'ended' && end ? [{ key: callSearchAttributes.outcome, value: end.reasonCode }] : [];
    upsertSearchAttributes([{ key: callSearchAttributes.phase, value: phase }, ...outcome]);
  }
  showCall(call);
}

export function showCall(call: CallSession): void {
  setCurrentDetails(card(call));
}

function card({ state, input, timeline }: CallSession): string {
  const { caller, callee } = input.invite;
  const { pending, end, attempts } = state;
  const lines = [
    `**${state.phase}**: ${caller} → ${callee}, bot ${input.channel.botId}, trunk ${input.trunk.id}`,
    `legs: caller ${legText(state.caller)}, bot ${legText(state.bot)}`,
    ...(pending
      ? [`transferring to ${pending.request.target} (${pending.stage}${deadlineText(pending.deadline)})`]
      : []),
    ...(state.graceUntilMs === undefined
      ? []
      : [`bot is disconnected at ${new Date(state.graceUntilMs).toISOString()}`]),
    ...attempts
      .slice(-SHOWN)
      .map(
        ({ target, outcome }) =>
          `- attempt ${target}: ${outcome?.status ?? 'open'}${outcome?.reason === undefined ? '' : ` (${outcome.reason})`}`
      ),
    ...(end ? [`end: ${end.reasonCode}, ${end.reason}`] : []),
    '',
    ...timeline.slice(-SHOWN).map(({ at, event, detail }) => `\`${at}\` ${event} ${detail ?? ''}`),
  ];
  return lines.join('\n\n');
}

function legText(leg: Leg | undefined): string {
  if (!leg) return 'none';
  return `${leg.isUp ? 'up' : 'ended'}${leg.record ? '' : ' (no SIP leg)'}`;
}

function deadlineText(deadline: Deadline | undefined): string {
  return deadline ? `, ${deadline.reason} until ${new Date(deadline.atMs).toISOString()}` : '';
}
