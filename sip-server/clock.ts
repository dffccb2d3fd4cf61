import { readFileSync } from 'node:fs';

/** How a clock counts: what to add to the machine's uptime, and in which boot of the machine that holds. */
export interface ClockAnchor {
  bootId: string;
  offsetMs: number;
}

const uptimeMs = (): number => Number(process.hrtime.bigint()) / 1e6;

let offsetMs = Date.now() - uptimeMs();

/**
 * Milliseconds since the epoch as they were counted when this boot's first server started: no step of the machine's clock moves deadlines,
 * neither in this process nor for the next one on its store.
 */
export function now(): number {
  return Math.round(uptimeMs() + offsetMs);
}

/** A time of `now` as the machine's clock has it at present, for people. */
export function asDate(ms: number): Date {
  return new Date(ms + Date.now() - now());
}

/** Goes on as an earlier process of the same boot counted. @returns how this process counts */
export function anchorClock(earlier: ClockAnchor | undefined): ClockAnchor {
  const bootId = currentBoot();
  if (earlier !== undefined && bootId !== '' && earlier.bootId === bootId) ({ offsetMs } = earlier);
  return { bootId, offsetMs };
}

/** Empty where the system does not say. */
function currentBoot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}
