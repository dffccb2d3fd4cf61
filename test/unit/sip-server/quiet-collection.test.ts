import { expect, it } from '@jest/globals';
import { QuietCollection, thisProcess } from '../../../sip-server/memory/quiet-collection';

const MiB = 1024 * 1024;

function process(): { used: number; busy: number; collections: number; collection: QuietCollection } {
  const state = { used: 30 * MiB, busy: 0, collections: 0 };
  const collection = new QuietCollection({
    usedBytes: () => state.used,
    utilization: () => state.busy,
    collect: () => {
      state.collections++;
      state.used = 40 * MiB;
    },
  });
  return Object.assign(state, { collection });
}

it('collects once after a rush of calls, when it is quiet again', () => {
  const server = process();
  expect(server.collection.look()).toBe(false);
  server.used = 300 * MiB;
  server.busy = 0.9;
  expect(server.collection.look()).toBe(false);
  server.busy = 0.1;
  expect(server.collection.look()).toBe(true);
  expect(server.collection.look()).toBe(false);
  expect(server.collections).toBe(1);
});

it('leaves a heap alone that has hardly grown since the last collection', () => {
  const server = process();
  server.used = 300 * MiB;
  server.collection.look();
  server.used = 60 * MiB;
  expect(server.collection.look()).toBe(false);
});

it('collects the garbage of this process', async () => {
  const memory = thisProcess();
  const garbage = new WeakRef({ nobody: 'refers to it' });
  // What a WeakRef was made of stays for the rest of the turn.
  await new Promise((resolve) => setImmediate(resolve));
  memory.collect();
  expect(garbage.deref()).toBeUndefined();
  expect(memory.usedBytes()).toBeGreaterThan(0);
});

it('sees a busy event loop', () => {
  const memory = thisProcess();
  const until = Date.now() + 50;
  while (Date.now() < until);
  expect(memory.utilization()).toBeGreaterThan(0);
});
