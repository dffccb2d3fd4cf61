import { condition, continueAsNew, proxyActivities, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import type { Reconciled, ReconciliationActivities, ReconciliationInput } from '../../contracts/reconciliation';
import { reconciliationRequestedSignal } from '../../contracts/reconciliation';

/** The workers of a node connect within a moment of each other, and first get what the SIP server has kept for them. */
const SETTLE_MS = 2_000;

/** At the default rate a node with 20,000 lost calls takes half an hour. */
const { reconcileNode } = proxyActivities<ReconciliationActivities>({
  scheduleToCloseTimeout: '2h',
  startToCloseTimeout: '1h',
  heartbeatTimeout: '5s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s', maximumAttempts: 20 },
});

/** Compares dialogs and calls of a node, once for each time that it is asked to; there is one such workflow a node. */
export async function reconciliationWorkflow(input: ReconciliationInput): Promise<Reconciled> {
  let requests = 0;
  let total: Reconciled | undefined;
  const reconcile = async (summary: string): Promise<Reconciled> => {
    const found = await reconcileNode.executeWithOptions({ summary }, [input]);
    return (total = total ? sum(total, found) : found);
  };
  setHandler(reconciliationRequestedSignal, () => {
    requests++;
  });
  for (;;) {
    await sleep(SETTLE_MS, { summary: 'workers connect' });
    const seen = requests;
    const isAsked = (): boolean => requests !== seen;
    let result = await reconcile('all');
    if (result.young > 0 && !(await condition(isAsked, input.graceMs, { summary: 'what was too young' })))
      result = await reconcile('what was too young');
    if (!isAsked()) return result;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof reconciliationWorkflow>(input);
  }
}

/** What was done in all, and what was found last. */
function sum(first: Reconciled, second: Reconciled): Reconciled {
  return {
    ...second,
    endedDialogs: first.endedDialogs + second.endedDialogs,
    lostLegs: first.lostLegs + second.lostLegs,
  };
}
