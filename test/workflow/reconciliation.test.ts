import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { NodeActivities } from '../../contracts/node';
import { NODE_PRESENCE_WORKFLOW_TYPE } from '../../contracts/node';
import type { Reconciled, ReconciliationActivities } from '../../contracts/reconciliation';
import { RECONCILIATION_WORKFLOW_TYPE, reconciliationRequestedSignal } from '../../contracts/reconciliation';
import { recordHistory } from '../support/record-histories';
import { WorkflowHost } from '../support/workflow-host';

const FOUND: Reconciled = { dialogs: 4, calls: 2, endedDialogs: 1, lostLegs: 0, young: 0, silent: 0 };

let host: WorkflowHost;

beforeAll(async () => {
  host = await WorkflowHost.open();
});

afterAll(() => host.close());

async function run(
  type: string,
  args: unknown[],
  activities: Partial<ReconciliationActivities & NodeActivities>
): Promise<{ result: unknown }> {
  const workflowId = `test-${randomUUID()}`;
  host.serve(workflowId, activities);
  running = await host.client.workflow.start(type, { workflowId, taskQueue: host.taskQueue, args });
  const result: unknown = await running.result();
  await recordHistory(running);
  return { result };
}

let running: WorkflowHandle;
const reconcile = (reconcileNode: ReconciliationActivities['reconcileNode']): Promise<{ result: unknown }> =>
  run(RECONCILIATION_WORKFLOW_TYPE, [{ node: 'test', graceMs: 100, perSecond: 10 }], { reconcileNode });

describe('reconciliationWorkflow', () => {
  it('compares once when nothing is young', async () => {
    let rounds = 0;
    const { result } = await reconcile(() => Promise.resolve({ ...FOUND, dialogs: ++rounds }));
    expect(result).toEqual({ ...FOUND, dialogs: 1 });
  });

  it('compares again when what was too young is older, and tells what was done in all', async () => {
    const young = [3, 1];
    let rounds = 0;
    const { result } = await reconcile(() => Promise.resolve({ ...FOUND, young: young[rounds++] ?? 0 }));
    expect(rounds).toBe(2);
    expect(result).toEqual({ ...FOUND, endedDialogs: 2, young: 1 });
  });

  it('compares again when a worker connects meanwhile', async () => {
    let rounds = 0;
    const { result } = await reconcile(async () => {
      if (++rounds === 1) await running.signal(reconciliationRequestedSignal);
      return FOUND;
    });
    expect(rounds).toBe(2);
    expect(result).toMatchObject({ endedDialogs: 2 });
  });
});

describe('nodePresenceWorkflow', () => {
  const isThere = (requireSipServer: () => Promise<void>): Promise<{ result: unknown }> =>
    run(NODE_PRESENCE_WORKFLOW_TYPE, [], { requireSipServer });

  it('finds a worker with a connection, also when another one is asked first', async () => {
    let asked = 0;
    const { result } = await isThere(() =>
      ++asked < 3 ? Promise.reject(new Error('no connection')) : Promise.resolve()
    );
    expect(result).toBe(true);
  });

  it('finds none', async () => {
    expect(await isThere(() => Promise.reject(new Error('no connection')))).toEqual({ result: false });
  });
});
