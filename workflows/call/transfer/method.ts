import type { TrunkOfCall } from '../../../contracts/call';
import type { TransferMethod, TransferRequest } from '../../../contracts/transfer';
import { DEFAULT_REFER_REFUSED_WITH, REFER_UNSUPPORTED } from '../../../contracts/transfer';

/** How an attempt begins. */
export interface MethodChoice {
  method: TransferMethod;
  /** Final answers to the REFER after which the INVITE follows; empty: none. */
  fallsBackOn: number[];
}

/** The bot's choice, else the trunk's, else REFER. */
export function chosenMethod(trunk: TrunkOfCall, { method, continueCall, over }: TransferRequest): MethodChoice {
  // After a REFER the caller is no longer ours to give back, and the call goes the way that the peer chooses.
  if (continueCall || over?.trunk) return { method: 'invite', fallsBackOn: [] };
  const choice = method ?? trunk.transferMethod ?? 'refer';
  if (choice !== 'auto') return { method: choice, fallsBackOn: [] };
  return {
    method: 'refer',
    fallsBackOn: [...REFER_UNSUPPORTED, ...(trunk.referRefusedWith ?? DEFAULT_REFER_REFUSED_WITH)],
  };
}
