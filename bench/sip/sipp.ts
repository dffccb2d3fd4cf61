import { Child } from './child';

export interface Load {
  /** `host:port` over UDP. */
  target: string;
  /** Calls per second. */
  rate: number;
  /** How many calls to make. */
  calls: number;
  /** How long each is held, in milliseconds. Default 0. */
  holdMs?: number;
}

/** SIPp's built-in caller: INVITE, ACK, and BYE after a while. */
export function callers({ target, rate, calls, holdMs = 0 }: Load): Child {
  const load = ['-r', String(rate), '-m', String(calls), '-l', String(calls), '-d', String(holdMs)];
  return new Child('sipp', ['-sn', 'uac', target, ...load, '-i', '127.0.0.1', '-nostdin', '-timeout_error']);
}

/** Makes calls and waits for them. @returns whether none failed, and how long it took */
export async function makeCalls(load: Load): Promise<{ isClean: boolean; seconds: number }> {
  const from = performance.now();
  const code = await callers(load).exited;
  return { isClean: code === 0, seconds: (performance.now() - from) / 1000 };
}
