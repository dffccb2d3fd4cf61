import type { TrunkView } from '../trunks';
import { columns } from './columns';

export function trunksTable(trunks: readonly TrunkView[]): string {
  if (trunks.length === 0) return 'no trunk registers or is watched';
  const head = ['TRUNK', 'NODE', 'LOGIN', 'STATE', 'REGISTRATION', 'CALLS', 'EXPIRES', 'PROBLEM'];
  const rows = trunks.map(({ trunk, node, login, state, registration, calls, expiresAt = '', problem = '' }) => {
    return [trunk, node, login, state, registration, String(calls), expiresAt, problem];
  });
  return columns(rows, head);
}

export function trunkText(view: TrunkView): string {
  const { expiresAt, nextAt, problem } = view;
  return columns([
    ['trunk', `${view.trunk} on node ${view.node}`],
    ['login', view.login],
    ['state', view.state],
    ['registration', view.since === undefined ? view.registration : `${view.registration} since ${view.since}`],
    ['target', view.target],
    ['calls', String(view.calls)],
    ...(expiresAt === undefined ? [] : [['expires', expiresAt]]),
    ...(nextAt === undefined ? [] : [['next REGISTER', nextAt]]),
    ...(view.failures === 0 ? [] : [['failures', String(view.failures)]]),
    ...(problem === undefined ? [] : [['problem', problem]]),
  ]);
}
