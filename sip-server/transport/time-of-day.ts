import { performance } from 'node:perf_hooks';

/** The UTC time of day with microseconds, `HH:MM:SS.uuuuuu`. */
export function utcTimeOfDay(): string {
  const wallMs = Date.now();
  const fineMs = performance.timeOrigin + performance.now();
  // The fine clock does not follow when the system clock is set.
  const ms = Math.abs(fineMs - wallMs) < 5 ? fineMs : wallMs;
  const micros = String(Math.floor((ms % 1000) * 1000)).padStart(6, '0');
  return `${new Date(ms).toISOString().slice(11, 19)}.${micros}`;
}
