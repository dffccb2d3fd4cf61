import type { CallEvidence } from '../evidence';
import type { Check } from '../check';
import { headerOf } from '../sip-message';

/** What the transfer targets must have seen. */
export const targetChecks: readonly Check[] = [
  {
    name: 'the first target was called with the headers of the transfer',
    fault: (call) => notCalledRight(call, 'busy'),
  },
  { name: 'the first target said 486 Busy Here', fault: (call) => wrongAnswer(call, 'busy', 486) },
  {
    name: 'the second target was called with the headers of the transfer',
    fault: (call) => notCalledRight(call, 'agent'),
  },
  { name: 'the second target answered', fault: (call) => wrongAnswer(call, 'agent', 200) },
];

function notCalledRight(call: CallEvidence, target: 'busy' | 'agent'): string | undefined {
  const invites = call.requests(target, 'in', 'INVITE');
  const [invite] = invites;
  if (!invite || invites.length > 1) return `it got ${invites.length} INVITEs`;
  const wrong = call.plan.headers.find(({ name, value }) => headerOf(invite.message, name) !== value);
  return wrong && `its ${wrong.name} is "${headerOf(invite.message, wrong.name) ?? ''}" instead of "${wrong.value}"`;
}

function wrongAnswer(call: CallEvidence, target: 'busy' | 'agent', expected: number): string | undefined {
  const [invite] = call.requests(target, 'in', 'INVITE');
  if (!invite) return 'it was not called';
  const statuses = call.finalStatuses(invite);
  return statuses.join() === String(expected) ? undefined : `it said ${statuses.join(', ') || 'nothing'}`;
}
