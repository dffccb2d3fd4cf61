import { cpuMs, residentBytes } from './proc';
import { callers, makeCalls } from './sipp';
import type { Subject } from './subject';

export interface Plan {
  /** First rate and distance between rates, in calls per second. */
  step: number;
  /** How long each rate is kept up, in seconds. */
  stepS: number;
  /** Dialogs that are held for the measurement of memory. */
  held: number;
  /** Calls per second while dialogs are set up, and for CPU time. */
  rate: number;
}

export interface Result {
  /** The highest rate without a failed call; 0 when the first step had one. */
  callsPerS: number;
  /** CPU time of the server for a call from INVITE to BYE, in milliseconds. */
  cpuMsPerCall: number | null;
  bytesPerDialog: number | null;
}

/** INVITE transactions are remembered for 64*T1 after their 2xx; a dialog is idle only then. */
const settleMs = 36_000;
const highestRate = 10_000;

/** Raises the rate until a call fails. */
export async function highestCleanRate({ target }: Subject, { step, stepS }: Plan): Promise<number> {
  for (let rate = step; rate <= highestRate; rate += step) {
    const { isClean, seconds } = await makeCalls({ target, rate, calls: rate * stepS });
    // SIPp falls behind before calls fail when the machine has nothing left.
    if (!isClean || seconds > stepS * 1.25 + 1) return rate - step;
  }
  return highestRate;
}

/** Of a server whose process may not be looked at: null. */
export async function cpuPerCall({ target, pid }: Subject, { rate, stepS }: Plan): Promise<number | null> {
  if (pid === undefined) return null;
  const calls = rate * stepS * 2;
  await makeCalls({ target, rate, calls });
  const before = cpuMs(pid);
  await makeCalls({ target, rate, calls });
  return (cpuMs(pid) - before) / calls;
}

/** The subject is of no use afterwards: its dialogs are still up. */
export async function memoryPerDialog({ target, pid }: Subject, { held, rate }: Plan): Promise<number | null> {
  if (pid === undefined) return null;
  await makeCalls({ target, rate: 10, calls: 20 });
  const before = residentBytes(pid);
  const rampMs = (held / rate) * 1000;
  const holders = callers({ target, rate, calls: held, holdMs: rampMs + 2 * settleMs });
  await pause(rampMs + settleMs);
  const after = residentBytes(pid);
  await holders.end();
  return (after - before) / held;
}

/** Memory of the server once in ten seconds, in bytes, while calls come and go. */
export async function soak({ target, pid = 0 }: Subject, { rate }: Plan, minutes: number): Promise<number[]> {
  const samples: number[] = [];
  const calls = Math.round(minutes * 60 * rate);
  const sampling = setInterval(() => samples.push(residentBytes(pid)), 10_000);
  const { isClean } = await makeCalls({ target, rate, calls });
  clearInterval(sampling);
  if (!isClean) throw new Error('a call failed');
  return samples;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
