import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { CallsClient } from '../calls';
import type { HistoryJson } from './anonymous-history';
import { anonymousHistory } from './anonymous-history';
import { Pseudonyms } from './pseudonyms';

/**
 * Writes the histories of calls into a folder, with numbers, names and tokens replaced; a file that is there is written again. A long call
 * has one for each of its runs.
 * @param callIds of calls that go on or have ended
 * @returns the files, in the order of the calls and their runs
 * @throws CallNotFound, TemporalUnavailable, EncodedHistory
 */
export async function* exportHistories(
  calls: Pick<CallsClient, 'histories'>,
  callIds: Iterable<string>,
  folder: string
): AsyncGenerator<{ callId: string; file: string; events: number }, void, undefined> {
  await mkdir(folder, { recursive: true });
  for (const callId of callIds) {
    const pseudonyms = new Pseudonyms();
    const runs = await calls.histories(callId);
    for (const [n, run] of runs.entries()) {
      const history = anonymousHistory(JSON.parse(historyToJSON(run)) as HistoryJson, pseudonyms);
      const file = path.join(folder, `${nameOf(history)}${runs.length === 1 ? '' : `-run-${n + 1}`}.json`);
      await writeFile(file, `${JSON.stringify(history, undefined, 1)}\n`);
      yield { callId, file, events: history.events?.length ?? 0 };
    }
  }
}

/** Named by the pseudonym of the workflow id: a file's name must not lead back to the call. */
function nameOf({ events }: HistoryJson): string {
  const attributes = events?.[0]?.['workflowExecutionStartedEventAttributes'] as { workflowId?: string } | undefined;
  return attributes?.workflowId ?? 'call';
}
