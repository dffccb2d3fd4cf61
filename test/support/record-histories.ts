import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@jest/globals';
import type { History } from '@temporalio/common/lib/proto-utils';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';

const FOLDER = path.join(__dirname, '../replay/histories');

/** Keeps the histories of a call that has ended, one for each run, under the name of its test. Those on file are never written again. */
export async function recordHistories(runs: readonly History[]): Promise<void> {
  const name = (expect.getState().currentTestName ?? 'call').replace(/[^A-Za-z0-9]+/g, '-').slice(0, 100);
  for (const [n, run] of runs.entries()) {
    const file = path.join(FOLDER, `${name}${runs.length === 1 ? '' : `-run-${n + 1}`}.json`);
    await writeFile(file, portable(run), { flag: 'wx' }).catch(() => undefined);
  }
}

/** Without the names of folders, processes and machines. */
function portable(run: History): string {
  return JSON.stringify(JSON.parse(historyToJSON(run)), undefined, 2)
    .replaceAll(path.join(__dirname, '../..'), '')
    .replace(/"identity": "[^"]*"/g, '"identity": "worker"')
    .replace(/\d+@[\w.-]+-[0-9a-f]{32}/g, 'worker-sticky');
}
