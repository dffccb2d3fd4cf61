import { setTimeout as delay } from 'node:timers/promises';
import type { NodeWork, OpenWork } from './node-work';

const LOOK_EVERY_MS = 500;

/** The node is served by a worker with a connection to its SIP server. */
export class NodeIsServed extends Error {
  override readonly name = 'NodeIsServed';

  constructor(node: string) {
    super(
      `a worker with a connection to the SIP server serves node ${node}: it is not lost (--force ends its calls all the same)`
    );
  }
}

/** Nothing shows that there ever was a node of this name. */
export class UnknownNode extends Error {
  override readonly name = 'UnknownNode';

  constructor(node: string) {
    super(`Temporal knows no worker, call or trunk of a node ${node} (give its name as in its configuration)`);
  }
}

export interface RetireOptions {
  reason: string;
  isForced: boolean;
  /** How long calls and trunks may take to end, in ms. */
  withinMs: number;
  /** Starts a worker that lets them end. */
  serve: () => Promise<{ failed: Promise<never>; stop(): Promise<void> }>;
}

/**
 * Gives a node up: its calls end as `sip-node-lost`, its trunks' registrations end.
 * @returns what has not ended yet, each time that it changes; the last one is empty unless the time was up
 * @throws UnknownNode, NodeIsServed
 */
export async function* retireNode(
  node: string,
  work: Pick<NodeWork, 'isKnown' | 'isServed' | 'open' | 'tellLost'>,
  { reason, isForced, withinMs, serve }: RetireOptions
): AsyncGenerator<OpenWork, void, undefined> {
  let open = await openWork(node, work);
  if (!isForced && (await work.isServed())) throw new NodeIsServed(node);
  const deadline = Date.now() + withinMs;
  yield open;
  if (!hasWork(open)) return;
  // Told before a worker is there: whatever else they wait for comes after it.
  await work.tellLost(open, reason);
  const worker = await serve();
  try {
    while (hasWork(open) && Date.now() < deadline) {
      await Promise.race([delay(LOOK_EVERY_MS), worker.failed]);
      const before = open;
      open = await work.open();
      await work.tellLost(open, reason);
      if (count(open) !== count(before)) yield open;
    }
  } finally {
    await worker.stop();
  }
}

/** @throws UnknownNode */
export async function openWork(node: string, work: Pick<NodeWork, 'isKnown' | 'open'>): Promise<OpenWork> {
  const open = await work.open();
  if (!hasWork(open) && !(await work.isKnown())) throw new UnknownNode(node);
  return open;
}

const count = ({ calls, trunks }: OpenWork): string => `${calls.length} ${trunks.length}`;

export function hasWork({ calls, trunks }: OpenWork): boolean {
  return calls.length + trunks.length > 0;
}
