import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { CallsClient } from '../calls';
import type { HistoryJson } from './anonymous-history';
import { anonymousHistory } from './anonymous-history';

/**
 * Writes the histories of calls into a folder, with numbers, names and tokens replaced; a file that is there is written again.
 * @param callIds of calls that go on or have ended
 * @returns the files, in the order of the calls
 * @throws CallNotFound, TemporalUnavailable, EncodedHistory
 */
export async function* exportHistories(
  calls: Pick<CallsClient, 'history'>,
  callIds: Iterable<string>,
  folder: string
): AsyncGenerator<{ callId: string; file: string; events: number }, void, undefined> {
  await mkdir(folder, { recursive: true });
  for (const callId of callIds) {
    const original = JSON.parse(historyToJSON(await calls.history(callId))) as HistoryJson;
    const history = anonymousHistory(original);
    const file = path.join(folder, fileName(history));
    await writeFile(file, `${JSON.stringify(history, undefined, 1)}\n`);
    yield { callId, file, events: history.events?.length ?? 0 };
  }
}

/** Named by the pseudonym of the workflow id: a file's name must not lead back to the call. */
function fileName({ events }: HistoryJson): string {
  const attributes = events?.[0]?.['workflowExecutionStartedEventAttributes'] as { workflowId?: string } | undefined;
  return `${attributes?.workflowId ?? 'call'}.json`;
}
