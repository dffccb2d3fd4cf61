import type { ReadActivities } from '../../contracts/activities-read';
import { paramsAfter } from '../../contracts/read-context';
import type { CallSession } from './session';

/** The language that the bot has set, else that of its channel. */
export function languageOf({ sessionParams, input }: CallSession): string | undefined {
  const { language } = sessionParams;
  return typeof language === 'string' ? language : input.channel.language;
}

/** Takes what a payload says of parameters for the rest of the call. A bot that watches some hears that they have changed. */
export function takeSessionParams(
  call: CallSession,
  { sessionParams, paramsName, changedParams }: Exclude<ReadActivities, { faults: unknown }>
): void {
  call.sessionParams = paramsAfter(call.sessionParams, sessionParams);
  call.paramsName = paramsName;
  if (changedParams !== undefined) call.outbox.post({ name: 'paramChanged', value: changedParams });
}
