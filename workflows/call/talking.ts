import type { CallSession } from './session';

/** The caller talks with the bot, or with the target that took its place. */
export function isTalking(call: CallSession): boolean {
  return call.isIn('conversing') || call.isIn('connected');
}
