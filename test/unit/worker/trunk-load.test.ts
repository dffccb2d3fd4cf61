import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { CallId } from '../../../contracts/ids';
import { callWorkflowId } from '../../../contracts/ids';
import { TrunkLoad } from '../../../worker/trunks/trunk-load';

const [first, second, third] = ['a'.repeat(16) as CallId, 'b'.repeat(16) as CallId, 'c'.repeat(16) as CallId];
const CALLS_OF_NORTH =
  "WorkflowType = 'callWorkflow' AND TaskQueue = 'sip-a' AND CallTrunk = 'north' AND ExecutionStatus = 'Running'";
const never = (): Promise<never> => new Promise(() => undefined);

/** Temporal as far as the load asks it: `running` is true, `listed` what its list says meanwhile. */
class Calls {
  readonly running = new Set<string>();
  readonly listed = new Set<string>();
  readonly described: string[] = [];
  readonly log = { warn: jest.fn() };
  isSilent = false;
  doesDescribe = true;

  readonly client = {
    withDeadline: (_: number, request: () => Promise<unknown>) => request(),
    workflow: {
      list: ({ query }: { query: string }) => this.#list(query),
      getHandle: (id: string) => ({ describe: () => this.#describe(id) }),
    },
  } as unknown as Client;

  readonly load = new TrunkLoad(this.client, 'a', this.log);

  take(callId: CallId, max: number, trunk = 'north'): Promise<boolean> {
    return this.load.take(trunk, callId, max);
  }

  up(...callIds: CallId[]): void {
    for (const id of callIds.map(callWorkflowId)) this.running.add(id);
    for (const id of callIds.map(callWorkflowId)) this.listed.add(id);
  }

  async *#list(query: string): AsyncGenerator<{ workflowId: string }> {
    if (this.isSilent) await never();
    if (query === CALLS_OF_NORTH) for (const workflowId of this.listed) yield { workflowId };
  }

  #describe(id: string): Promise<{ status: { name: string } }> {
    this.described.push(id);
    if (!this.doesDescribe) return never();
    if (!this.running.has(id) && !this.listed.has(id))
      return Promise.reject(new WorkflowNotFoundError('not found', id, undefined));
    return Promise.resolve({ status: { name: this.running.has(id) ? 'RUNNING' : 'COMPLETED' } });
  }
}

describe('the load of a trunk', () => {
  let calls: Calls;
  beforeEach(() => {
    jest.useFakeTimers();
    calls = new Calls();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('takes a call while there is room, and looks at no other call for it', async () => {
    calls.up(first);
    await expect(calls.take(second, 2)).resolves.toBe(true);
    expect(calls.described).toEqual([]);
  });

  it('refuses a call when all there may be are up', async () => {
    calls.up(first, second);
    await expect(calls.take(third, 2)).resolves.toBe(false);
    expect(calls.log.warn).not.toHaveBeenCalled();
  });

  it('takes a call again that is delivered again', async () => {
    calls.up(first);
    await expect(calls.take(first, 1)).resolves.toBe(true);
  });

  it('gives the last place to the first of those that come in the same moment, before Temporal knows of any', async () => {
    const answers = await Promise.all([calls.take(first, 1), calls.take(second, 1), calls.take(third, 1)]);
    expect(answers).toEqual([true, false, false]);
  });

  it('counts each trunk for itself', async () => {
    const answers = await Promise.all([calls.take(first, 1), calls.take(second, 1, 'south')]);
    expect(answers).toEqual([true, true]);
  });

  it('gives the place of a call that ended and is still listed to the next, and to one only', async () => {
    calls.up(first);
    calls.running.clear();
    const answers = await Promise.all([calls.take(second, 1), calls.take(third, 1)]);
    expect(answers).toEqual([true, false]);
  });

  it('gives the place of a call that it took and that ended to the next, and looks at it once', async () => {
    await calls.take(first, 1);
    calls.up(first);
    calls.running.clear();
    await expect(calls.take(second, 1)).resolves.toBe(true);
    calls.listed.clear();
    await expect(calls.take(third, 2)).resolves.toBe(true);
    expect(calls.described).toEqual([callWorkflowId(first)]);
  });

  it('forgets a call that became none', async () => {
    await calls.take(first, 1);
    await expect(calls.take(second, 1)).resolves.toBe(false);
    jest.advanceTimersByTime(2_001);
    await expect(calls.take(third, 1)).resolves.toBe(true);
  });

  it('does not look at a call again that it has just seen', async () => {
    calls.up(first);
    await calls.take(second, 1);
    await calls.take(third, 1);
    expect(calls.described).toHaveLength(1);
    jest.advanceTimersByTime(501);
    calls.running.clear();
    await expect(calls.take(third, 1)).resolves.toBe(true);
  });

  it('looks at a part of many calls at a time', async () => {
    const many = Array.from({ length: 60 }, (_, i) => `${i}`.padStart(16, 'a') as CallId);
    calls.up(...many);
    await calls.take(first, many.length);
    expect(calls.described).toHaveLength(50);
    await calls.take(second, many.length);
    expect(calls.described).toHaveLength(60);
  });

  it.each(['the list', 'the calls'])('takes a call when Temporal is silent about %s', async (what) => {
    calls.up(first);
    if (what === 'the list') calls.isSilent = true;
    else calls.doesDescribe = false;
    const taken = calls.take(second, 1);
    await jest.advanceTimersByTimeAsync(1_500);
    await expect(taken).resolves.toBe(true);
    expect(calls.log.warn).toHaveBeenCalledTimes(1);
  });
});
