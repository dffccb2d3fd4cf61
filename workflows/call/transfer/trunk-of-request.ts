import type { TrunkOfCall } from '../../../contracts/call';
import type { TransferRequest } from '../../../contracts/transfer';
import type { CallSession } from '../session';

/** The trunk that a transfer goes over: that of the channel which the bot named, else the one that the call came in on. */
export function trunkOfRequest(
  { input }: Pick<CallSession, 'input'>,
  { over }: Pick<TransferRequest, 'over'>
): TrunkOfCall {
  return over?.trunk ?? input.trunk;
}
