import type { Cell } from './cells';
import { CrashCall } from './call/crash-call';
import type { Ending } from './call/ending';
import { play } from './call/story';
import type { Strike } from './strike';
import { strike } from './strike';
import type { VictimName } from './victims';
import { excess } from './wire-counts';
import type { World } from './world';

/** Within this every call has come to its step, on a machine that does other things as well. */
const REACH_LIMIT_MS = 60_000;

const LOOK_EVERY_MS = 100;

/** A call that was played, for the judge. */
export interface PlayedCall {
  call: CrashCall;
  /** Absent: the story broke off, for the reason that `fault` tells. */
  ending?: Ending;
  fault?: string;
  strike?: Strike;
  endedAt: number;
}

let callers = 0;

/** Calls that stop each at its step; the one kill hits them all; then they go on to their ends. */
export async function playRound(world: World, victim: VictimName, cells: readonly Cell[]): Promise<PlayedCall[]> {
  await world.bot.revive();
  const calls = await Promise.all(cells.map((cell) => CrashCall.open(world, cell, `caller${++callers}x`)));
  const played = calls.map(toEnd);
  const stopped = await Promise.all(calls.map((call, index) => isStopped(call, played[index]!)));
  const struck = await strike(world, victim, () => {
    for (const call of calls) call.release();
    world.pauses.goOn();
  });
  const results = await Promise.all(played);
  return results.map((result, index) =>
    stopped[index] === true ? { ...result, strike: struck } : { fault: 'it never came to its step', ...result }
  );
}

/** False when the call ended before its step, or never gets there. */
async function isStopped(call: CrashCall, end: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), REACH_LIMIT_MS)));
  const stops = call.reached.then(() => true);
  return Promise.race([stops, end.then(() => false), limit]).finally(() => clearTimeout(timer));
}

async function toEnd(call: CrashCall): Promise<PlayedCall> {
  const watch = setInterval(() => call.world.breaksOff && excess(call).length > 0 && call.breakOff(), LOOK_EVERY_MS);
  try {
    return { call, ending: await play(call), endedAt: Date.now() };
  } catch (err) {
    return { call, fault: err instanceof Error ? err.message : String(err), endedAt: Date.now() };
  } finally {
    clearInterval(watch);
  }
}
