import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { Said } from '../contracts/edge-reading';
import type { ActivityReceipt, BotRefer } from '../contracts/messages';
import { requestTransferUpdate, sendActivitiesUpdate, sendReadActivitiesUpdate } from '../contracts/messages';
import { untilTaken } from './retry-update';

/**
 * Sends a call what its bot said. A worker of an older version refuses what has been read, which it does not know, and is sent it unread.
 * @param refer where the bot said it by a REFER
 */
export async function sendSaid(
  handle: WorkflowHandle,
  { payload, edge }: Said,
  updateId: string,
  refer?: BotRefer
): Promise<ActivityReceipt[]> {
  const sendUnread = (): Promise<ActivityReceipt[]> =>
    refer
      ? handle.executeUpdate(requestTransferUpdate, { args: [refer], updateId })
      : handle.executeUpdate(sendActivitiesUpdate, { args: [payload], updateId });
  if (!edge) return untilTaken(sendUnread);
  const read = { payload, edge, ...(refer ? { referCseq: refer.referCseq } : {}) };
  try {
    return await untilTaken(() => handle.executeUpdate(sendReadActivitiesUpdate, { args: [read], updateId }));
  } catch (err) {
    if (isUnknown(err)) return untilTaken(sendUnread);
    throw err;
  }
}

/** The SDK's words, of a worker whose workflows have no such update. */
function isUnknown(err: unknown): boolean {
  const unknown = `No registered handler for update: ${sendReadActivitiesUpdate.name}`;
  return err instanceof WorkflowUpdateFailedError && err.cause?.message.startsWith(unknown) === true;
}
