import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Context } from '@temporalio/activity';
import type { SendRegisterInput, TrunkActivities, WatchTrunkResult } from '../../contracts/activities-trunk';
import type { TrunkStatus } from '../../contracts/registration';
import * as registration from '../../contracts/registration';
import { eventually } from '../support/eventually';
import { WAIT_LIMIT_MS } from '../support/limits';
import { grants, settings, until, withTrunk } from '../support/registration-harness';
import { WorkflowHost } from '../support/workflow-host';

let host: WorkflowHost;

beforeAll(async () => {
  host = await WorkflowHost.open();
});

afterAll(() => host.close());

describe('registrationWorkflow', () => {
  it('registers, stops on an operator’s word, goes on, and removes its binding at the end', async () => {
    let all: SendRegisterInput[] = [];
    await withTrunk(host, async ({ handle, asked }) => {
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
    await withTrunk(host, async ({ handle, asked }) => {
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
    await withTrunk(
      host,
      async ({ handle, asked, histories }) => {
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
      },
      long
    );
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
      host,
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
      host,
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

  it('removes its binding where a 3xx sends it', async () => {
    let all: SendRegisterInput[] = [];
    await withTrunk(
      host,
      async ({ handle, asked }) => {
        all = asked;
        await until(handle, 'registered');
      },
      {},
      {
        registrar: (input, n) =>
          input.target === 'sip:peer' ? { sipStatus: 302, contacts: ['tel:1', 'sip:other'] } : grants(input, n),
      }
    );
    expect(all.map(({ target, expiresS }) => [target, expiresS])).toEqual([
      ['sip:peer', 600],
      ['sip:other', 600],
      ['sip:peer', 0],
      ['sip:other', 0],
    ]);
    expect(all.map(({ cseq }) => cseq)).toEqual([1, 3, 5, 7]);
  });

  it('goes on to the next target, and back to the first', async () => {
    await withTrunk(
      host,
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
      host,
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
      host,
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
