import { expect, it } from '@jest/globals';
import { QuietCollection } from '../../../sip-server/memory/quiet-collection';

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
  const collection = new QuietCollection();
  const garbage = new WeakRef({ nobody: 'refers to it' });
  const grown = Array.from({ length: 1_500_000 }, (_, i) => ({ i }));
  collection.look();
  // What a WeakRef has shown stays for the rest of the turn; and the loop has to be seen quiet.
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(collection.look()).toBe(true);
  expect(garbage.deref()).toBeUndefined();
  expect(grown).toHaveLength(1_500_000);
});
