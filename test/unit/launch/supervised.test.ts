import { describe, expect, it, jest } from '@jest/globals';
import type { ProcessExit } from '../../../launch/running-process';
import type { Supervisable } from '../../../launch/supervised';
import { restartDelayMs, Supervised } from '../../../launch/supervised';

interface FakeProcess extends Supervisable {
  die: (exit: ProcessExit) => void;
  isRunning: boolean;
}

function fakeProcess(pid: number): FakeProcess {
  let die: (exit: ProcessExit) => void = () => undefined;
  const exited = new Promise<ProcessExit>((resolve) => (die = resolve));
  const process: FakeProcess = { pid, exited, die, isRunning: true, stop: () => Promise.resolve() };
  process.stop = async () => {
    die({ code: 0, signal: null });
    await exited;
  };
  void exited.then(() => (process.isRunning = false));
  return process;
}

/** Starts fake processes with pids from 1; `started(n)` resolves when the n-th has been started. */
function factory(failing: readonly number[] = []): {
  start: () => Promise<FakeProcess>;
  processes: FakeProcess[];
  started: (n: number) => Promise<FakeProcess>;
} {
  const processes: FakeProcess[] = [];
  const waiting: (() => void)[] = [];
  let tries = 0;
  const start = (): Promise<FakeProcess> => {
    tries += 1;
    if (failing.includes(tries)) return Promise.reject(new Error(`try ${tries} failed`));
    const process = fakeProcess(tries);
    processes.push(process);
    waiting.forEach((wake) => wake());
    return Promise.resolve(process);
  };
  const started = async (n: number): Promise<FakeProcess> => {
    while (processes.length < n) await new Promise<void>((resolve) => waiting.push(resolve));
    return processes[n - 1]!;
  };
  return { start, processes, started };
}

describe('the delay before a restart', () => {
  it('is 100 ms, doubles with each death in a row, and stays at 5 s', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 50].map(restartDelayMs)).toEqual([
      100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000,
    ]);
  });
});

describe('a supervised process', () => {
  it('is started again when it dies, and that is said', async () => {
    const { start, processes, started } = factory();
    const say = jest.fn();
    const supervised = new Supervised({ name: 'worker', start, say });
    await supervised.start();
    processes[0]!.die({ code: null, signal: 'SIGKILL' });
    await started(2);
    await supervised.stop(1000);
    expect(say).toHaveBeenCalledWith('worker (pid 1) ended by SIGKILL');
    expect(say).toHaveBeenCalledWith('worker is started again in 100 ms');
  });

  it('is tried again when a restart fails', async () => {
    const { start, processes, started } = factory([2]);
    const say = jest.fn();
    const supervised = new Supervised({ name: 'worker', start, say });
    await supervised.start();
    processes[0]!.die({ code: 1, signal: null });
    expect((await started(2)).pid).toBe(3);
    await supervised.stop(1000);
    expect(say).toHaveBeenCalledWith('worker did not start: try 2 failed');
  });

  it('is not started again after it was stopped', async () => {
    const { start, processes } = factory();
    const supervised = new Supervised({ name: 'worker', start, say: () => undefined });
    await supervised.start();
    await Promise.all([supervised.stop(1000), supervised.stop(1000)]);
    expect(processes.map(({ isRunning }) => isRunning)).toEqual([false]);
  });

  it('leaves nothing running when it is stopped while it starts', async () => {
    let finishStart: (process: FakeProcess) => void = () => undefined;
    const start = (): Promise<FakeProcess> => new Promise((resolve) => (finishStart = resolve));
    const supervised = new Supervised({ name: 'worker', start, say: () => undefined });
    const starting = supervised.start();
    const stopping = supervised.stop(1000);
    const process = fakeProcess(1);
    finishStart(process);
    await Promise.all([starting, stopping]);
    expect(process.isRunning).toBe(false);
  });

  it('fails its first start to the caller', async () => {
    const { start } = factory([1]);
    const supervised = new Supervised({ name: 'worker', start, say: () => undefined });
    await expect(supervised.start()).rejects.toThrow('try 1 failed');
    await expect(supervised.stop(1000)).resolves.toBeUndefined();
  });
});
