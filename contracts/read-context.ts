import type { CallInput } from './call';
import type { DialectName } from './dialects';
import type { TargetPolicy } from './transfer-target';
import { targetPolicyOf } from './transfer-target';

/** All that decides what a bot's words mean. Of a call it is fixed, but for `sessionParams`. */
export interface ReadContext {
  /** Parameters of the bot channel that stand when the bot does not give them. */
  presets: Record<string, unknown>;
  /** Parameters that the bot gave for the rest of the call. */
  sessionParams?: Record<string, unknown>;
  /** The bot's words, which decide where the form of a payload does not. Default: the Bot API's. */
  dialect?: DialectName;
  policy: TargetPolicy;
  /** `id` of the trunk that the call came in on. */
  trunk?: string;
}

export function readContextOf(
  { trunk, channel }: Pick<CallInput, 'trunk' | 'channel'>,
  sessionParams: Record<string, unknown>
): ReadContext {
  const { presets, dialect } = channel;
  const policy = targetPolicyOf({ trunk, channel });
  return { presets, sessionParams, policy, trunk: trunk.id, ...(dialect === undefined ? {} : { dialect }) };
}

/** For a bot's REFER, which has been put into the words of the Bot API. */
export function ofRefer({ dialect: _, ...context }: ReadContext): ReadContext {
  return context;
}

/** The parameters for the rest of a call after more were given: one that is null falls back to the channel's preset. */
export function paramsAfter(before: Record<string, unknown>, given: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...before, ...given }).filter(([, value]) => value !== null));
}
