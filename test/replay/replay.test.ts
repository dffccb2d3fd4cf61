import { setFlagsFromString } from 'node:v8';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { anonymousHistory } from '../../client/histories/anonymous-history';
import { bundleOf, workflowBundle } from '../support/workflow-bundle';
import { factsOf, historyFiles as files, readHistory } from './history-facts';
import { PATHS } from './paths';

/**
 * Histories of calls that real servers wrote, one at least for each path of `paths.ts`. Each must replay on today's code: a change of the
 * workflow that breaks one would break calls that are up while it is deployed.
 */
interface History {
  events: Record<string, Record<string, unknown>>[];
}

const read = (file: string): History => readHistory(file) as unknown as History;
const calls = files.filter((file) => factsOf(readHistory(file)).workflow === 'callWorkflow');

// A stack trace for each promise of a workflow, which nobody reads here, would take half of the time. Jest's own limit stays.
beforeAll(() => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  setFlagsFromString('--stack-trace-limit=0');
});

afterAll(() => setFlagsFromString('--stack-trace-limit=10'));

/** What is wrong with the replay of each history, by its file; all by one worker, since each worker costs time. */
async function replayed(
  names: readonly string[],
  bundle: WorkflowBundleOption,
  change: (history: History) => object = (history) => history
): Promise<Map<string, Error | undefined>> {
  const histories = names.map((file) => ({ workflowId: file, history: change(read(file)) }));
  const results = new Map<string, Error | undefined>();
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: bundle }, histories))
    results.set(workflowId, error);
  return results;
}

describe('a stored history replays', () => {
  let asStored: Map<string, Error | undefined>;
  let asExported: Map<string, Error | undefined>;

  beforeAll(async () => {
    [asStored, asExported] = await Promise.all([
      replayed(files, workflowBundle()),
      replayed(files, workflowBundle(), anonymousHistory),
    ]);
  });

  it.each(files)('%s', (file) => {
    expect(asStored.has(file)).toBe(true);
    expect(asStored.get(file)).toBeUndefined();
  });

  it.each(files)('%s, exported without anybody’s numbers and names', (file) => {
    expect(asExported.has(file)).toBe(true);
    expect(asExported.get(file)).toBeUndefined();
  });
});

describe('there is a history in which', () => {
  const all = files.map((file) => factsOf(readHistory(file)));

  it.each(PATHS)('%s', (_, shows) => {
    expect(all.some(shows)).toBe(true);
  });
});

describe('a change of the workflow', () => {
  it('that makes another step breaks the replay of every call', async () => {
    const results = await replayed(calls, await bundleOf('test/replay/changed/incompatible.ts'));
    expect(results.size).toBe(calls.length);
    for (const error of results.values()) expect(error).toBeInstanceOf(DeterminismViolationError);
  });

  it('behind a patch breaks none', async () => {
    const results = await replayed(calls, await bundleOf('test/replay/changed/patched.ts'));
    expect([...results].filter(([, error]) => error !== undefined)).toEqual([]);
  });
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
  await expect(Worker.runReplayHistory({ workflowBundle: workflowBundle() }, history)).resolves.toBeUndefined();
});

it('does not replay a history in which a step of the call was another one', async () => {
  const file = files.find((name) => name.includes('busy')) ?? '';
  const history = read(file);
  const refer = history.events.find((event) => JSON.stringify(event).includes('"sendRefer"'));
  const type = refer?.['activityTaskScheduledEventAttributes']?.['activityType'] as { name: string };
  type.name = 'endLeg';
  await expect(Worker.runReplayHistory({ workflowBundle: workflowBundle() }, history)).rejects.toThrow(
    DeterminismViolationError
  );
});
