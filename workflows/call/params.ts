import type { CallSession } from './session';

/** The language that the bot has set, else that of its channel. */
export function languageOf({ sessionParams, input }: CallSession): string | undefined {
  const { language } = sessionParams;
  return typeof language === 'string' ? language : input.channel.language;
}

/**
 * Takes parameters for the rest of the call: one that is null falls back to the channel's preset.
 * @param changed those that the bot watches, with new values: it hears of them
 */
export function takeSessionParams(
  call: CallSession,
  given: Record<string, unknown>,
  changed: Record<string, unknown> | undefined
): void {
  const params = Object.entries({ ...call.sessionParams, ...given });
  call.sessionParams = Object.fromEntries(params.filter(([, value]) => value !== null));
  if (changed !== undefined) call.outbox.post({ name: 'paramChanged', value: changed });
}
