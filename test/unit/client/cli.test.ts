import { describe, it, expect } from '@jest/globals';
import {
  CallNotFound,
  CallNotReady,
  InvalidActivity,
  InvalidPageToken,
  TemporalUnavailable,
  TransferInProgress,
} from '../../../client/errors';
import { callId, listed, receipts, view, watchOf } from './api-client';
import type { Fake } from './cli-run';
import { fakeClient, item, run } from './cli-run';
import { grpcError } from './fake-temporal';

describe('calls list', () => {
  it('prints a table, and says when there is more', async () => {
    const calls = fakeClient();
    calls.list.mockResolvedValue({ calls: [item], nextPageToken: 'next' });
    const { code, out, close } = await run(['calls', 'list', '--phase', 'grace', '--page-size', '1'], { calls });
    expect(code).toBe(0);
    expect(out).toMatch(
      /^CALL +PHASE +CALLER .*\nmfrggzdfmztwq2lk +grace +\+4930123 +1000 +demo-bot +demo .*\nthere are more/
    );
    expect(calls.list).toHaveBeenCalledWith({ phase: 'grace', pageSize: 1 });
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('prints every page when asked', async () => {
    const { out, calls } = await run(['calls', 'list', '--all', '--json']);
    expect(JSON.parse(out)).toEqual({ calls: [item, item] });
    expect(calls.all).toHaveBeenCalledWith({ pageSize: 50 });
  });

  it('lets no caller steer the terminal', async () => {
    const calls = fakeClient();
    calls.list.mockResolvedValue({ calls: [{ ...item, caller: 'a\u001b[2Jb' }] });
    expect((await run(['calls', 'list'], { calls })).out).toContain('a [2Jb');
  });
});

describe('calls show and watch', () => {
  it('show a call', async () => {
    expect(JSON.parse((await run(['calls', 'show', callId, '--json'])).out)).toEqual(view);
    expect((await run(['calls', 'show', `call-${callId}`])).out).toMatch(/^phase +conversing$/m);
  });

  it('find a call by enough of its beginning', async () => {
    const calls = fakeClient();
    calls.list.mockResolvedValueOnce({ calls: [item, item] });
    await run(['calls', 'show', 'mfrg'], { calls });
    expect(calls.list).toHaveBeenCalledWith({ idPrefix: 'mfrg', pageSize: 10 });
    expect(calls.get).toHaveBeenCalledWith(callId);
    calls.list.mockResolvedValueOnce({ calls: [] });
    expect(await run(['calls', 'show', 'mfrg'], { calls })).toMatchObject({
      code: 1,
      err: 'Error: no call mfrg is up\n',
    });
    calls.list.mockResolvedValueOnce({ calls: [item, { ...item, callId: 'mfrggggggggggggg' as typeof callId }] });
    expect(await run(['calls', 'show', 'mfrg'], { calls })).toMatchObject({
      code: 2,
      err: 'Error: several calls begin with mfrg: mfrggzdfmztwq2lk, mfrggggggggggggg\n',
    });
  });

  it('print a line for each event, then the end', async () => {
    const calls = fakeClient();
    const entry = { n: 1, at: view.startedAt, event: 'LegEnded', detail: 'caller' };
    const end = { reasonCode: 'transferred', reason: 'done', by: 'transfer' } as const;
    const events = [{ kind: 'timeline', entry } as const, { kind: 'end', end } as const];
    calls.watch.mockImplementation(() => Promise.resolve(watchOf(...events)));
    expect(await run(['calls', 'watch', callId], { calls })).toMatchObject({
      code: 0,
      out: `${view.startedAt}  LegEnded            caller\nended: transferred, done\n`,
    });
    const { out } = await run(['calls', 'watch', callId, '--json'], { calls });
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown)
    ).toEqual(events);
  });
});

describe('calls transfer, hangup and send', () => {
  it('transfer with what was given, and leave the rest to the presets', async () => {
    const { calls, out } = await run(['calls', 'transfer', callId, '1000']);
    expect(calls.transfer).toHaveBeenLastCalledWith(callId, { transferTarget: '1000' });
    expect(out).toBe('transfer accepted as t1\n');
    const headers = ['--header', 'X-A: 1', '--header', 'X-B:a: b'];
    const more = ['--reason', 'r', '--referred-by', 'sip:bot@h', '--no-notify', '--grace-ms', '0'];
    const full = await run(['calls', 'transfer', callId, '1000', ...headers, ...more, '--json']);
    expect(full.calls.transfer).toHaveBeenLastCalledWith(callId, {
      transferTarget: '1000',
      handoverReason: 'r',
      transferSipHeaders: [
        { name: 'X-A', value: '1' },
        { name: 'X-B', value: 'a: b' },
      ],
      transferReferredByURL: 'sip:bot@h',
      transferNotifications: false,
      transferNotificationsHangupMS: 0,
    });
    expect(JSON.parse(full.out)).toEqual(receipts[0]);
  });

  it('hang up on the operator’s word', async () => {
    const { calls, out } = await run(['calls', 'hangup', callId, '--reason', 'enough', '--json']);
    expect(calls.end).toHaveBeenCalledWith(callId, 'enough');
    expect(JSON.parse(out)).toEqual({ callId });
  });

  it('send activities from the command line or standard input', async () => {
    const activity = { type: 'event', name: 'hangup' };
    const given = await run(['calls', 'send', callId, JSON.stringify(activity)]);
    expect(given.calls.sendActivities).toHaveBeenCalledWith(callId, activity);
    const piped = await run(['calls', 'send', callId, '-', '--json'], { input: JSON.stringify([activity]) });
    expect(piped.calls.sendActivities).toHaveBeenCalledWith(callId, [activity]);
    expect(JSON.parse(piped.out)).toEqual({ activities: receipts });
  });
});

describe('histories export', () => {
  it('writes into a folder of its own in the working directory, unless there is nothing to write', async () => {
    expect((await run(['histories', 'export', '--help'])).out).toMatch(/\(default:\s+"histories"\)/);
    const calls = fakeClient();
    calls.all.mockImplementation(() => listed([]));
    expect(await run(['histories', 'export'], { calls })).toMatchObject({ code: 0, out: 'no calls to export\n' });
    expect(await run(['histories', 'export', '--json'], { calls })).toMatchObject({ code: 0, out: '' });
  });
});

describe('an error', () => {
  const failing = (reason: Error): Fake => {
    const calls = fakeClient();
    for (const method of ['get', 'list', 'transfer', 'end', 'sendActivities', 'watch'] as const)
      calls[method].mockRejectedValue(reason);
    return calls;
  };
  const faults = [{ path: 'activities[0].name', message: 'is missing' }];

  it.each([
    [1, new CallNotFound(callId)],
    [1, new CallNotReady('the call has ended')],
    [1, new TransferInProgress('a transfer is pending')],
    [1, new InvalidActivity(faults)],
    [2, new InvalidPageToken('was not issued for this list')],
    [3, new TemporalUnavailable('Temporal did not answer in time')],
    [1, grpcError(7)],
  ])('ends with %i for %p, for people and as JSON', async (code, reason) => {
    for (const args of [
      ['show', callId],
      ['watch', callId],
      ['hangup', callId],
      ['transfer', callId, '1000'],
      ['send', callId, '{}'],
    ]) {
      const plain = await run(['calls', ...args], { calls: failing(reason) });
      expect(plain).toMatchObject({ code, out: '' });
      expect(plain.err).toMatch(/^Error: .+\n$/);
      expect(plain.close).toHaveBeenCalledTimes(1);
      const asJson = await run(['calls', ...args, '--json'], { calls: failing(reason) });
      expect(asJson).toMatchObject({ code, out: '' });
      expect(JSON.parse(asJson.err)).toMatchObject({ error: { name: reason.name, message: expect.any(String) } });
    }
  });

  it('of an activity names each fault', async () => {
    const { err } = await run(['calls', 'send', callId, '{}', '--json'], {
      calls: failing(new InvalidActivity(faults)),
    });
    expect(JSON.parse(err)).toMatchObject({ error: { faults } });
  });

  it('tells the server’s own words, and no stack', async () => {
    const { err } = await run(['calls', 'show', callId], { calls: failing(grpcError(7)) });
    expect(err).toBe('Error: Temporal refused: details\n');
  });
});

describe('a command line that is not understood', () => {
  it.each([
    [['calls', 'dance']],
    [['calls', 'show']],
    [['calls', 'show', '']],
    [['calls', 'hangup', 'mfr']],
    [['calls', 'list', '--phase', 'asleep']],
    [['calls', 'list', '--page-size', '201']],
    [['calls', 'list', '--page-size', 'many']],
    [['calls', 'transfer', callId]],
    [['calls', 'transfer', callId, '1000', '--header', 'X-A']],
    [['calls', 'transfer', callId, '1000', '--grace-ms', '10001']],
    [['calls', 'transfer', callId, '1000', '--fast']],
    [['calls', 'send', callId, '{"type":']],
    [['calls', 'send', callId, '{"type":"event","name":"hangup","name":"transfer"}']],
    [['calls', 'send', callId, '-']],
    [['trunks', 'show', '']],
    [['config', 'check']],
    [['doctor', 'file']],
  ])('ends with 2: %j', async (args) => {
    const plain = await run(args);
    expect(plain).toMatchObject({ code: 2, out: '' });
    expect(plain.err).toMatch(/^error: /i);
    const asJson = await run([...args, '--json']);
    expect(asJson).toMatchObject({ code: 2, out: '' });
    expect(JSON.parse(asJson.err)).toMatchObject({ error: { message: expect.any(String) } });
    for (const method of [asJson.calls.transfer, asJson.calls.sendActivities]) expect(method).not.toHaveBeenCalled();
  });

  it('is told apart from one that asks for help', async () => {
    const { code, out, err } = await run(['--help']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('Exit codes: 0 done');
  });
});
