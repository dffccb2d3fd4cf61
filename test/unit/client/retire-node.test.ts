import { describe, expect, it, jest } from '@jest/globals';
import type { OpenWork } from '../../../client/nodes/node-work';
import { NodeIsServed, retireNode, UnknownNode } from '../../../client/nodes/retire-node';

const NOTHING: OpenWork = { calls: [], trunks: [] };
const CALL: OpenWork = { calls: ['call-a'], trunks: [] };

/** @param open what is open at each look, the last one again and again */
function workOf(open: OpenWork[], { isKnown = true, isServed = false } = {}) {
  let looks = 0;
  return {
    isKnown: () => Promise.resolve(isKnown),
    isServed: jest.fn(() => Promise.resolve(isServed)),
    open: () => Promise.resolve(open[Math.min(looks++, open.length - 1)]!),
    tellLost: jest.fn<(work: OpenWork, reason: string) => Promise<void>>().mockResolvedValue(),
  };
}

async function retire(work: ReturnType<typeof workOf>, isForced = false): Promise<OpenWork[]> {
  const serve = () => Promise.resolve({ failed: new Promise<never>(() => undefined), stop: () => Promise.resolve() });
  const told: OpenWork[] = [];
  for await (const open of retireNode('berlin-2', work, { reason: 'lost', isForced, withinMs: 60_000, serve }))
    told.push(open);
  return told;
}

describe('retireNode', () => {
  it('refuses a node that nobody ever served', async () => {
    for (const isForced of [false, true])
      await expect(retire(workOf([NOTHING], { isKnown: false }), isForced)).rejects.toBeInstanceOf(UnknownNode);
  });

  it.each([
    ['without calls', NOTHING],
    ['with a call', CALL],
  ])('refuses a node that a worker serves, %s', async (_, open) => {
    const work = workOf([open], { isServed: true });
    await expect(retire(work)).rejects.toBeInstanceOf(NodeIsServed);
    expect(work.tellLost).not.toHaveBeenCalled();
  });

  it('does not ask when forced', async () => {
    const work = workOf([CALL, NOTHING], { isServed: true });
    expect(await retire(work, true)).toEqual([CALL, NOTHING]);
    expect(work.isServed).not.toHaveBeenCalled();
    expect(work.tellLost).toHaveBeenCalledWith(CALL, 'lost');
  });

  it('has nothing to do for one whose work has ended', async () => {
    expect(await retire(workOf([NOTHING]))).toEqual([NOTHING]);
  });
});
