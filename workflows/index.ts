export { callWorkflow } from './call/call';
export { budgetWorkflow } from './budget/budget';
export { registrationWorkflow } from './registration/registration';
export { reconciliationWorkflow } from './reconciliation/reconciliation';
export { nodePresenceWorkflow } from './node/presence';
