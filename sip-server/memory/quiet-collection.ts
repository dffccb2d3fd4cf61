import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How often it is looked, in milliseconds. */
const lookEveryMs = 10_000;

/** A process is quiet when its event loop was busy for less than this part of the time. */
const quietUtilization = 0.25;

/** The heap has grown enough to be worth a collection: to this multiple of what the last one left, and by so many bytes. */
const growth = { factor: 1.5, bytes: 16 * 1024 * 1024 };

/** What a collection is decided by. */
export interface MemoryOfProcess {
  /** Bytes of objects and buffers, garbage included. */
  usedBytes(): number;
  /** Part of the time since the last question in which the event loop was busy, 0 to 1. */
  utilization(): number;
  collect(): void;
}

/**
 * Gives memory back after a rush of calls: V8 by itself collects only what it needs for new objects, so that a server with many calls and
 * little to do would keep everything that their set-up took.
 */
export class QuietCollection {
  private leftBytes: number;

  constructor(private readonly memory: MemoryOfProcess = thisProcess()) {
    this.leftBytes = memory.usedBytes();
  }

  start(): void {
    setInterval(() => this.look(), lookEveryMs).unref();
  }

  /** Collects when it is worth it and nobody is kept waiting. @returns whether it did */
  look(): boolean {
    const isQuiet = this.memory.utilization() < quietUtilization;
    const used = this.memory.usedBytes();
    if (!isQuiet || used < this.leftBytes * growth.factor + growth.bytes) return false;
    this.memory.collect();
    this.leftBytes = this.memory.usedBytes();
    return true;
  }
}

/** What V8 and libuv say of this process. */
export function thisProcess(): MemoryOfProcess {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let last = performance.eventLoopUtilization();
  return {
    collect,
    usedBytes: () => {
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    },
    utilization: () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, last);
      last = now;
      return utilization;
    },
  };
}
