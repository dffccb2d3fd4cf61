import type { Part, VictimName } from './victims';
import { isKilledBy } from './victims';
import type { World } from './world';

/** How long Temporal is away, in ms: longer than the SIP server waits before it answers in the place of a worker. */
const TEMPORAL_AWAY_MS = 7_000;

/** A death and what came after it. Times in ms since the epoch. */
export interface Strike {
  killedAt: number;
  /** From when recovery counts: the start of the process that takes over, or the kill when another one runs already. */
  from: number;
  /** When what was killed said that it is ready again. */
  readyAt: number;
}

const PARTS: readonly Part[] = ['worker', 'SIP server', 'Temporal', 'bot'];

/**
 * Kills the victim, and starts it again unless somebody else goes on.
 * @param release called when it is dead: the peers go on
 */
export async function strike(world: World, victim: VictimName, release: () => void): Promise<Strike> {
  const other = victim === 'worker of two' ? await world.engine.startWorker() : undefined;
  const parts = PARTS.filter((part) => isKilledBy(part, victim));
  await Promise.all(parts.map((part) => killer(world, part)()));
  const killedAt = Date.now();
  if (other) world.take(other);
  release();
  if (other) return { killedAt, from: killedAt, readyAt: killedAt };
  await new Promise((resolve) => setTimeout(resolve, victim === 'Temporal' ? TEMPORAL_AWAY_MS : 0));
  const from = Date.now();
  await startAgain(world, victim, parts);
  return { killedAt, from, readyAt: Date.now() };
}

function killer(world: World, part: Part): () => Promise<void> {
  const killers: Record<Part, () => Promise<void>> = {
    worker: () => world.worker.kill(),
    'SIP server': () => world.engine.killSipServer(),
    Temporal: () => world.temporal.kill(),
    bot: () => world.bot.die(),
  };
  return killers[part];
}

/** A worker does not start without the others. */
async function startAgain(world: World, victim: VictimName, parts: readonly Part[]): Promise<void> {
  await Promise.all([
    parts.includes('SIP server') && world.engine.startSipServer(),
    parts.includes('Temporal') && world.temporal.restart(),
    parts.includes('bot') && victim !== 'bot left dead' && world.bot.rise(),
  ]);
  if (parts.includes('worker')) world.take(await world.engine.startWorker());
}
