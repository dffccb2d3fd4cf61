export { callWorkflow } from './call/call';
