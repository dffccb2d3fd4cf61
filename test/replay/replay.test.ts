import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { WorkflowBundle } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { anonymousHistory } from '../../client/histories/anonymous-history';

/**
 * Histories of calls that real servers wrote, one for each way a call has gone so far. Each must replay on today's code: a change of the
 * workflow that breaks one would break calls that are up while it is deployed.
 */
const HISTORIES = path.join(__dirname, 'histories');
const files = readdirSync(HISTORIES).filter((name) => name.endsWith('.json'));

interface History {
  events: Record<string, Record<string, unknown>>[];
}

let workflowBundle: WorkflowBundle;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const workflowsPath = path.join(__dirname, '../../workflows/index.ts');
  workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
});

const read = (file: string): History => JSON.parse(readFileSync(path.join(HISTORIES, file), 'utf8')) as History;

describe('a stored history replays', () => {
  it.each(files)('%s', async (file) => {
    await expect(Worker.runReplayHistory({ workflowBundle }, read(file))).resolves.toBeUndefined();
  });

  it.each(files)('%s, exported without anybody’s numbers and names', async (file) => {
    const history = anonymousHistory(read(file));
    await expect(Worker.runReplayHistory({ workflowBundle }, history)).resolves.toBeUndefined();
  });
});

it('has histories', () => {
  expect(files.length).toBeGreaterThanOrEqual(15);
});

it('stays in the run of a call that was up before there were further runs, however long its history is', async () => {
  const history = read(files.find((name) => name.includes('disconnects-it')) ?? '');
  const started = history.events[0]?.['workflowExecutionStartedEventAttributes'] as {
    input: { payloads: { data: string }[] };
  };
  const [payload] = started.input.payloads;
  if (!payload) throw new Error('no input');
  const input = JSON.parse(Buffer.from(payload.data, 'base64').toString()) as object;
  payload.data = Buffer.from(JSON.stringify({ ...input, historyEventsPerRun: 10 })).toString('base64');
  await expect(Worker.runReplayHistory({ workflowBundle }, history)).resolves.toBeUndefined();
});

it('does not replay a history in which a step of the call was another one', async () => {
  const file = files.find((name) => name.includes('busy')) ?? '';
  const history = read(file);
  const refer = history.events.find((event) => JSON.stringify(event).includes('"sendRefer"'));
  const type = refer?.['activityTaskScheduledEventAttributes']?.['activityType'] as { name: string };
  type.name = 'endLeg';
  await expect(Worker.runReplayHistory({ workflowBundle }, history)).rejects.toThrow(DeterminismViolationError);
});
