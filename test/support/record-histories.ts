import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@jest/globals';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { HistoryJson } from '../../client/histories/anonymous-history';
import { anonymousHistory } from '../../client/histories/anonymous-history';

const FOLDER = path.join(__dirname, '../replay/histories');

/** Keeps the histories of a call that has ended, one for each run, under the name of its test. Those on file are never written again. */
export async function recordHistories(runs: readonly History[]): Promise<void> {
  for (const [n, run] of runs.entries()) {
    const file = fileOf(runs.length === 1 ? '' : `-run-${n + 1}`);
    await writeFile(file, portable(run), { flag: 'wx' }).catch(() => undefined);
  }
}

/** As `recordHistories`, for one workflow that has ended; only when the test run is to record. */
export async function recordHistory(handle: Pick<WorkflowHandle, 'fetchHistory'>): Promise<void> {
  if (process.env['RECORD_HISTORIES'] !== undefined) await recordHistories([await handle.fetchHistory()]);
}

/** The same for a call through an engine: with its addresses, numbers and ids replaced, which differ from run to run. */
export async function recordCall(engine: { client(): Promise<Client> }, callId: string): Promise<void> {
  if (process.env['RECORD_HISTORIES'] === undefined) return;
  const handle = (await engine.client()).workflow.getHandle(`call-${callId}`);
  await handle.result();
  const history = anonymousHistory(JSON.parse(historyToJSON(await handle.fetchHistory())) as HistoryJson);
  await writeFile(fileOf(''), `${JSON.stringify(history, undefined, 2)}\n`, { flag: 'wx' }).catch(() => undefined);
}

function fileOf(suffix: string): string {
  const name = (expect.getState().currentTestName ?? 'call').replace(/[^A-Za-z0-9]+/g, '-').slice(0, 100);
  return path.join(FOLDER, `${name}${suffix}.json`);
}

/** Without the names of folders, processes and machines. */
function portable(run: History): string {
  return JSON.stringify(JSON.parse(historyToJSON(run)), undefined, 2)
    .replaceAll(path.join(__dirname, '../..'), '')
    .replace(/"identity": "[^"]*"/g, '"identity": "worker"')
    .replace(/\d+@[\w.-]+-[0-9a-f]{32}/g, 'worker-sticky');
}
