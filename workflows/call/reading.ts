import type { ReadActivities } from '../../contracts/activities-read';
import type { Said } from '../../contracts/edge-reading';
import { asOf } from '../../contracts/edge-reading';
import type { CallReading } from '../../contracts/messages';
import type { ReadContext } from '../../contracts/read-context';
import { ofRefer, readContextOf } from '../../contracts/read-context';
import { locally, readActivities } from './effects';
import { failureText, isActivityFailure } from './failure';
import type { CallSession } from './session';
import { unread } from './unread';

/**
 * Reads what a bot sent, unless that has been done in the same context, and hands it on. What comes later is read later, with the parameters that
 * the earlier has left, so that a call does what its bot asked for in the order in which it asked.
 */
export async function reading<Result>(
  call: CallSession,
  said: Said,
  referCseq: number | undefined,
  use: (read: ReadActivities) => Result
): Promise<Result> {
  if (call.input.readsByActivity !== true)
    return use(await locally.readActivities(said.payload, contextOf(call, referCseq)));
  const before = call.reading;
  let end = (): void => undefined;
  call.reading = new Promise((resolve) => (end = resolve));
  try {
    await before;
    if (said.edge && said.edge.asOf === asOf(call.input.contextName, call.paramsName)) return use(said.edge.reading);
    const isLocal = call.input.withoutLocalActivities !== true && isQuiet(call);
    const read = isLocal ? locally.readActivities : readActivities;
    return use(await read(said.payload, contextOf(call, referCseq)).catch(refuseWhatFails));
  } finally {
    end();
  }
}

/** What no worker can read is a fault of the payload, or of a worker's: the call goes on in any case. */
function refuseWhatFails(err: unknown): never {
  throw isActivityFailure(err) ? unread({ path: 'activities', message: `cannot be read: ${failureText(err)}` }) : err;
}

/**
 * In calls that began before no local activity was used any more: nothing else is expected that makes commands. A query that is answered while a
 * local activity runs puts its result into the history one workflow task too early (SDK 1.24): commands of something else in the next task would
 * then stand before those that follow from it, and the history would not replay.
 */
function isQuiet(call: CallSession): boolean {
  return call.isIdle && call.state.pending === undefined && !call.input.channel.takesDtmf;
}

function contextOf({ input, sessionParams }: CallSession, referCseq: number | undefined): ReadContext {
  const context = readContextOf(input, sessionParams);
  return referCseq === undefined ? context : ofRefer(context);
}

/** The answer to the `callReading` query. */
export function callReading({ input, sessionParams, paramsName }: CallSession): CallReading {
  const { node, contextName } = input;
  return {
    node,
    ...(contextName === undefined ? {} : { contextName }),
    ...(paramsName === undefined ? {} : { paramsName }),
    context: readContextOf(input, sessionParams),
  };
}
