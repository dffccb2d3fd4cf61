import type { TransferRequest } from '../../../contracts/transfer';
import type { CallState } from '../state';

/** What the plan goes on with after this request has failed; undefined: nothing is left, or no time. */
export function followingRequest(request: TransferRequest, atMs: number): TransferRequest | undefined {
  const { next: [following, ...next] = [], method: _, timeoutMs: __, over: ___, ...common } = request;
  if (!following || atMs > (request.planLastStartMs ?? 0)) return undefined;
  return { ...common, ...following, next };
}

/** The pending attempt as the last one: who calls it off calls the plan off. */
export function withoutPlan(state: CallState): CallState {
  const { pending } = state;
  if (!pending?.request.next) return state;
  const { next: _, ...request } = pending.request;
  return { ...state, pending: { ...pending, request } };
}
