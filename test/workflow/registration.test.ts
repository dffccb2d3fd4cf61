import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils';
import { historiesOfRuns } from '../../client/histories/runs';
import type {
  SendRegisterInput,
  SendRegisterResult,
  TrunkActivities,
  WatchTrunkResult,
} from '../../contracts/activities-trunk';
import type {
  RegistrationInput,
  RegistrationPhase,
  RegistrationSettings,
  TrunkStatus,
} from '../../contracts/registration';
import * as registration from '../../contracts/registration';
import { eventually } from '../support/eventually';
import { WAIT_LIMIT_MS } from '../support/limits';
import { recordHistories } from '../support/record-histories';
import { WorkflowHost } from '../support/workflow-host';

const settings: RegistrationSettings = {
  ...{ trunk: 'sales', login: '1000', domain: 'peer', targets: ['sip:peer'], expiresS: 600 },
  retryMs: { min: 100, max: 100 },
};

let host: WorkflowHost;

beforeAll(async () => {
  host = await WorkflowHost.open();
});

afterAll(() => host.close());

interface TrunkUnderTest {
  handle: WorkflowHandle;
  /** What the registrar was asked for, in order. */
  asked: SendRegisterInput[];
  histories: () => Promise<History[]>;
}

type Registrar = (input: SendRegisterInput, n: number) => Partial<SendRegisterResult>;

/** Grants what it is asked for. */
const grants: Registrar = ({ expiresS: grantedS }) => ({ grantedS });

/** Runs the real workflow against a registrar, and keeps what it was asked. */
async function withTrunk(
  script: (trunk: TrunkUnderTest) => Promise<void>,
  more: Partial<RegistrationInput> = {},
  { registrar = grants, ...fakes }: Partial<TrunkActivities> & { registrar?: Registrar } = {}
): Promise<void> {
  const asked: SendRegisterInput[] = [];
  const activities: TrunkActivities = {
    sendRegister: (input) => {
      asked.push(input);
      const answer = { sipStatus: 200, reasonPhrase: 'OK', cseq: input.cseq + 1, contacts: [] };
      return Promise.resolve({ ...answer, ...registrar(input, asked.length) });
    },
    watchTrunk: () => Promise.reject(new Error('not asked for')),
    ...fakes,
  };
  const { client, taskQueue } = host;
  const workflowId = registration.registrationWorkflowId('sales', randomUUID());
  host.serve(workflowId, activities);
  const histories = (): Promise<History[]> =>
    historiesOfRuns((runId) => client.workflow.getHandle(workflowId, runId).fetchHistory());
  const handle = await client.workflow.start(registration.REGISTRATION_WORKFLOW_TYPE, {
    workflowId,
    taskQueue,
    args: [{ node: 'test', settings, ...more }],
  });
  await script({ handle, asked, histories });
  await handle.signal(registration.trunkRemovedSignal).catch(() => undefined);
  await handle.result();
  if (process.env['RECORD_HISTORIES'] !== undefined) await recordHistories(await histories());
}

async function until(handle: WorkflowHandle, phase: RegistrationPhase): Promise<TrunkStatus> {
  for (const deadline = Date.now() + WAIT_LIMIT_MS; ;) {
    const status = await handle.query(registration.trunkStatusQuery);
    if (status.registration === phase) return status;
    if (Date.now() > deadline) throw new Error(`the trunk did not get there: ${JSON.stringify(status)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('registrationWorkflow', () => {
  it('registers, stops on an operator’s word, goes on, and removes its binding at the end', async () => {
    let all: SendRegisterInput[] = [];
    await withTrunk(async ({ handle, asked }) => {
      all = asked;
      expect(await until(handle, 'registered')).toMatchObject({ state: 'up', target: 'sip:peer' });
      await handle.signal(registration.unregisterRequestedSignal);
      expect(await until(handle, 'unregistered')).toMatchObject({ state: 'down' });
      await handle.signal(registration.registerRequestedSignal);
      await until(handle, 'registered');
    });
    expect(all.map(({ expiresS }) => expiresS)).toEqual([600, 0, 600, 0]);
    expect(all.map(({ cseq }) => cseq)).toEqual([1, 3, 5, 7]);
    expect(new Set(all.map(({ sipCallId }) => sipCallId)).size).toBe(1);
  });

  it('removes the binding of an older login, and stays as it is when nothing has changed', async () => {
    let all: SendRegisterInput[] = [];
    await withTrunk(async ({ handle, asked }) => {
      all = asked;
      await until(handle, 'registered');
      await handle.signal(registration.trunkConfiguredSignal, settings);
      await handle.signal(registration.trunkConfiguredSignal, { ...settings, login: '2000' });
      await eventually(() => asked.length >= 3, '3 REGISTERs');
      await until(handle, 'registered');
    });
    expect(all.map(({ login, expiresS }) => [login, expiresS])).toEqual([
      ['1000', 600],
      ['1000', 0],
      ['2000', 600],
      ['2000', 0],
    ]);
  });

  it('goes on in a new run where it was, without another REGISTER', async () => {
    let all: SendRegisterInput[] = [];
    let bound: TrunkStatus | undefined;
    const long = { historyEventsPerRun: 20 };
    await withTrunk(async ({ handle, asked, histories }) => {
      all = asked;
      bound = await until(handle, 'registered');
      for (const deadline = Date.now() + WAIT_LIMIT_MS; (await histories()).length < 2 && Date.now() < deadline;)
        await handle.signal(registration.trunkConfiguredSignal, settings);
      expect(await handle.query(registration.trunkStatusQuery)).toMatchObject({
        state: 'up',
        registration: 'registered',
      });
      expect((await handle.query<TrunkStatus>(registration.trunkStatusQuery)).expiresAt).toBe(bound.expiresAt);
      await handle.signal(registration.trunkConfiguredSignal, { ...settings, login: '2000' });
      await eventually(() => asked.length >= 3, '3 REGISTERs');
    }, long);
    expect(all.map(({ login, expiresS }) => [login, expiresS])).toEqual([
      ['1000', 600],
      ['1000', 0],
      ['2000', 600],
      ['2000', 0],
    ]);
    expect(new Set(all.map(({ sipCallId }) => sipCallId)).size).toBe(1);
    expect(all.map(({ cseq }) => cseq)).toEqual([1, 3, 5, 7]);
  });

  it('ends although it is removed while a REGISTER is on its way', async () => {
    let answer: () => void = () => undefined;
    const asked: number[] = [];
    const sendRegister: TrunkActivities['sendRegister'] = async ({ cseq, expiresS }) => {
      asked.push(expiresS);
      if (expiresS > 0) await new Promise<void>((resolve) => (answer = resolve));
      return { sipStatus: 200, reasonPhrase: 'OK', cseq, grantedS: expiresS, contacts: [] };
    };
    await withTrunk(
      async ({ handle }) => {
        await eventually(() => asked.length >= 1, 'a REGISTER');
        await handle.signal(registration.trunkRemovedSignal);
        answer();
      },
      {},
      { sendRegister }
    );
    expect(asked).toEqual([600, 0]);
  });

  it('asks for what a 423 wants, and follows a 3xx', async () => {
    let all: SendRegisterInput[] = [];
    await withTrunk(
      async ({ handle, asked }) => {
        all = asked;
        await until(handle, 'registered');
      },
      {},
      {
        registrar: (input, n) => {
          if (n === 1) return { sipStatus: 423, minExpiresS: 900 };
          if (n === 2) return { sipStatus: 302, contacts: ['sip:other'] };
          return grants(input, n);
        },
      }
    );
    expect(all.map(({ target, expiresS }) => [target, expiresS])).toEqual([
      ['sip:peer', 600],
      ['sip:peer', 900],
      ['sip:other', 900],
      [expect.any(String), 0],
    ]);
  });

  it('goes on to the next target, and back to the first', async () => {
    await withTrunk(
      async ({ handle, asked }) => {
        await until(handle, 'registered');
        expect(asked.map(({ target }) => target)).toEqual(['sip:peer', 'sip:backup']);
      },
      { settings: { ...settings, targets: ['sip:peer', 'sip:backup'] } },
      { registrar: (input, n) => (n === 1 ? { sipStatus: 503 } : grants(input, n)) }
    );
  });

  it('is refused by a registrar that does not take its password, until that is changed', async () => {
    let isChanged = false;
    await withTrunk(
      async ({ handle }) => {
        expect(await until(handle, 'refused')).toMatchObject({
          state: 'down',
          problem: expect.stringContaining('403') as unknown,
        });
        isChanged = true;
        await handle.signal(registration.trunkConfiguredSignal, settings);
        await until(handle, 'registered');
      },
      {},
      { registrar: (input, n) => (isChanged ? grants(input, n) : { sipStatus: 403, reasonPhrase: 'Forbidden' }) }
    );
  });

  it('tells what OPTIONS tell', async () => {
    const seen: WatchTrunkResult[] = [
      { reach: 'down', detail: 'sip:peer is silent' },
      { reach: 'up', detail: 'sip:peer: 200 OK' },
    ];
    await withTrunk(
      async ({ handle }) => {
        await until(handle, 'registered');
        await eventually(() => seen.length === 0, 'both are told');
        expect(seen).toEqual([]);
      },
      { settings: { ...settings, keepAliveMs: 1_000 } },
      {
        watchTrunk: () => {
          const next = seen.shift();
          return next ? Promise.resolve(next) : Context.current().cancelled;
        },
      }
    );
  });
});
