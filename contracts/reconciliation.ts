import { defineSignal } from '@temporalio/workflow';

/** Type name of the workflow that compares the dialogs of a node's SIP server with the calls of the node. */
export const RECONCILIATION_WORKFLOW_TYPE = 'reconciliationWorkflow';

export function reconciliationWorkflowId(node: string): string {
  return `reconciliation-${node}`;
}

/** A worker has connected to the SIP server, or an operator asks: one more comparison is due. */
export const reconciliationRequestedSignal = defineSignal('reconciliationRequested');

export interface ReconciliationInput {
  node: string;
  /** What is younger than this many ms may be on its way: it is looked at again when it is older. */
  graceMs: number;
  /** Calls that are asked and legs that are ended in a second, at most. */
  perSecond: number;
}

/** What a comparison found and did. */
export interface Reconciled {
  /** Dialogs of the node at its SIP server. */
  dialogs: number;
  /** Its calls that have not ended. */
  calls: number;
  /** Dialogs of no call, which were ended. */
  endedDialogs: number;
  /** Legs without a dialog, of which their calls were told. */
  lostLegs: number;
  /** Dialogs and calls that look wrong and are too young to tell. */
  young: number;
  /** Calls that did not say which legs they have. */
  silent: number;
}

export interface ReconciliationActivities {
  /** Ends the dialogs of no call, and tells calls of the legs that they have lost. Done again, it changes nothing more. */
  reconcileNode(input: ReconciliationInput): Promise<Reconciled>;
}
