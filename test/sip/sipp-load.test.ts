import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { nodeTaskQueue } from '../../contracts/ids';
import { Engine } from '../support/engine';
import { WAIT_LIMIT_MS } from '../support/limits';
import { Sipp } from '../support/sipp';
import { distinct, received } from '../support/sipp-trace';

const CALLS = 20;
const CALLS_PER_S = 5;

let engine: Engine;
let bot: Sipp;

beforeAll(async () => {
  bot = await Sipp.start({ scenario: 'uas-bot', calls: CALLS });
  engine = await Engine.start({ bot: bot.uri('bot') });
});

afterAll(() => engine.stop());
afterAll(() => bot.close());

/** The states of this engine's workflows, once the list has all and none of them runs; what it has by then otherwise. */
async function workflowStates(): Promise<string[]> {
  const { workflow } = await engine.client();
  const query = `TaskQueue = "${nodeTaskQueue(engine.node)}"`;
  for (const deadline = Date.now() + WAIT_LIMIT_MS; ;) {
    const states: string[] = [];
    for await (const { status } of workflow.list({ query })) states.push(status.name);
    if (Date.now() > deadline || (states.length >= CALLS && !states.includes('RUNNING'))) return states;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

it('carries 20 calls at 5 per second without a failure, with one record each and no workflow left open', async () => {
  const dials = { port: engine.sipPort, number: '1000' };
  const caller = await Sipp.start({ scenario: 'uac-caller-bye', dials, calls: CALLS, rate: CALLS_PER_S });
  try {
    await caller.succeeded();
  } finally {
    await caller.close();
  }
  const atBot = await bot.succeeded();
  expect(distinct(atBot, received('INVITE'))).toHaveLength(CALLS);
  expect(distinct(atBot, received('BYE'))).toHaveLength(CALLS);
  expect(await workflowStates()).toEqual(Array.from({ length: CALLS }, () => 'COMPLETED'));
  const records = await engine.records();
  expect(new Set(records.map(({ callId }) => callId)).size).toBe(CALLS);
  expect(records.map(({ end }) => end.reasonCode)).toEqual(Array.from({ length: CALLS }, () => 'client-disconnected'));
});
