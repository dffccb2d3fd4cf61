import type { VictimName } from './victims';
import type { World } from './world';

/** How long Temporal is away, in ms: longer than the SIP server waits before it answers in the place of a worker. */
const TEMPORAL_AWAY_MS = 7_000;

/** A death and what came after it. Times in ms since the epoch. */
export interface Strike {
  killedAt: number;
  /** From when recovery counts: the start of the process that takes over, or the kill when another one runs already. */
  from: number;
  /** When the new process said that it is ready. */
  readyAt: number;
}

/**
 * Kills the victim, and starts it again unless somebody else goes on.
 * @param release called when it is dead: the peers go on
 */
export async function strike(world: World, victim: VictimName, release: () => void): Promise<Strike> {
  switch (victim) {
    case 'worker':
      return again(
        () => world.worker.kill(),
        release,
        async () => world.take(await world.engine.startWorker())
      );
    case 'worker of two':
      return standby(world, release);
    case 'SIP server':
      return again(
        () => world.engine.killSipServer(),
        release,
        () => world.engine.startSipServer()
      );
    case 'Temporal':
      return again(
        () => world.killTemporal(),
        release,
        () => world.restartTemporal(),
        TEMPORAL_AWAY_MS
      );
    case 'bot':
      return again(
        () => world.bot.die(),
        release,
        () => world.bot.rise()
      );
  }
}

async function again(
  kill: () => Promise<void>,
  release: () => void,
  start: () => Promise<void>,
  awayMs = 0
): Promise<Strike> {
  await kill();
  const killedAt = Date.now();
  release();
  await new Promise((resolve) => setTimeout(resolve, awayMs));
  const from = Date.now();
  await start();
  return { killedAt, from, readyAt: Date.now() };
}

async function standby(world: World, release: () => void): Promise<Strike> {
  const other = await world.engine.startWorker();
  await world.worker.kill();
  const killedAt = Date.now();
  world.take(other);
  release();
  return { killedAt, from: killedAt, readyAt: killedAt };
}
