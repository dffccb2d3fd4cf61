import { describe, it, expect, jest } from '@jest/globals';
import type { CallEvent, CallWatch } from '../../../client/call-watch';
import { CallWatches } from '../../../client/call-watch';
import { CallNotFound, TemporalUnavailable, TooManyWatches } from '../../../client/errors';
import type { CallView } from '../../../contracts/call';
import { callId, view } from './api-client';

const TIMES = { quickMs: 1, slowMs: 4, giveUpMs: 200, maxWatches: 3 };
const end = { reasonCode: 'transferred', reason: 'done', by: 'transfer' } as const;

const entry = (n: number): CallView['timeline'][number] => ({ n, at: view.startedAt, event: `Event${n}` });
const callWith = (last: number, more: Partial<CallView> = {}): CallView => ({
  ...view,
  timeline: Array.from({ length: last }, (_, i) => entry(i + 1)),
  ...more,
});

interface FakeCall {
  watches: CallWatches;
  look: jest.Mock<() => Promise<CallView>>;
  isClosed: jest.Mock<() => Promise<boolean>>;
}

/** A call that looks so, look by look; the last look stays. */
function fakeCall(...looks: (CallView | Error)[]): FakeCall {
  const look = jest.fn<() => Promise<CallView>>();
  for (const seen of looks.slice(0, -1))
    if (seen instanceof Error) look.mockRejectedValueOnce(seen);
    else look.mockResolvedValueOnce(seen);
  const last = looks.at(-1)!;
  if (last instanceof Error) look.mockRejectedValue(last);
  else look.mockResolvedValue(last);
  const isClosed = jest.fn<() => Promise<boolean>>().mockResolvedValue(false);
  return { watches: new CallWatches(() => ({ look, isClosed }), TIMES), look, isClosed };
}

async function everything(watch: CallWatch): Promise<(number | CallEvent)[]> {
  const heard = [];
  for await (const event of watch) heard.push(event.kind === 'timeline' ? event.entry.n : event);
  return heard;
}

describe('watching a call', () => {
  const ended = callWith(3, { phase: 'ended', end });

  it('tells each entry once, then the end', async () => {
    const { watches } = fakeCall(callWith(1), callWith(1), callWith(2), ended);
    expect(await everything(await watches.open(callId, 0))).toEqual([1, 2, 3, { kind: 'end', end }]);
  });

  it('begins after the entry that was heard last', async () => {
    const { watches } = fakeCall(callWith(2), ended);
    expect(await everything(await watches.open(callId, 2))).toEqual([3, { kind: 'end', end }]);
    expect(await everything(await watches.open(callId, 3))).toEqual([{ kind: 'end', end }]);
  });

  it('goes on with what is kept when older entries are gone', async () => {
    const timeline = [entry(50), entry(51)];
    const { watches } = fakeCall(callWith(1), callWith(0, { timeline, phase: 'ended', end }));
    expect(await everything(await watches.open(callId, 0))).toEqual([1, 50, 51, { kind: 'end', end }]);
  });

  it('shares its looks with the other watches of the call', async () => {
    const { watches, look } = fakeCall(callWith(1), ended);
    const all = await Promise.all([1, 2, 3].map(() => watches.open(callId, 0)));
    for (const heard of await Promise.all(all.map(everything))) expect(heard).toEqual([1, 2, 3, { kind: 'end', end }]);
    expect(look).toHaveBeenCalledTimes(2);
  });

  it('stops looking when nobody watches any more', async () => {
    const { watches, look } = fakeCall(callWith(1));
    const watch = await watches.open(callId, 0);
    await watch.next();
    const waiting = watch.next();
    await watch.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
    const looks = look.mock.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(look.mock.calls.length).toBeLessThanOrEqual(looks + 1);
  });

  it('is bounded, and free again after its end', async () => {
    const { watches } = fakeCall(callWith(1));
    const open = await Promise.all([1, 2, 3].map(() => watches.open(callId, 0)));
    await expect(watches.open(callId, 0)).rejects.toBeInstanceOf(TooManyWatches);
    await open[0]!.return();
    await open[0]!.return();
    const again = await watches.open(callId, 0);
    await expect(watches.open(callId, 0)).rejects.toBeInstanceOf(TooManyWatches);
    await Promise.all([again, ...open].map((watch) => watch.return()));
  });

  it('does not begin with a call that there is not', async () => {
    const { watches, look } = fakeCall(new CallNotFound(callId));
    for (let i = 0; i <= TIMES.maxWatches; i++)
      await expect(watches.open(callId, 0)).rejects.toBeInstanceOf(CallNotFound);
    expect(look).toHaveBeenCalledTimes(TIMES.maxWatches + 1);
  });

  it('does not begin while Temporal is away, but outlasts a short absence', async () => {
    const away = new TemporalUnavailable('away');
    await expect(fakeCall(away).watches.open(callId, 0)).rejects.toBe(away);
    const { watches } = fakeCall(callWith(1), away, away, ended);
    expect(await everything(await watches.open(callId, 0))).toEqual([1, 2, 3, { kind: 'end', end }]);
  });

  it('gives up when Temporal stays away', async () => {
    const away = new TemporalUnavailable('away');
    const { watches } = fakeCall(callWith(1), away);
    const watch = await watches.open(callId, 0);
    expect(await watch.next()).toMatchObject({ value: { entry: entry(1) } });
    await expect(watch.next()).rejects.toBe(away);
    expect(await watch.next()).toEqual({ done: true, value: undefined });
  });

  it('ends, without a reason, when the workflow was terminated', async () => {
    const { watches, isClosed } = fakeCall(callWith(1));
    const watch = await watches.open(callId, 0);
    await watch.next();
    isClosed.mockResolvedValue(true);
    expect(await everything(watch)).toEqual([{ kind: 'end', end: undefined }]);
  });

  it('tells what came last when the call ended between two looks', async () => {
    const { watches, look, isClosed } = fakeCall(callWith(1));
    isClosed.mockImplementation(() => {
      look.mockResolvedValue(ended);
      return Promise.resolve(true);
    });
    expect(await everything(await watches.open(callId, 0))).toEqual([1, 2, 3, { kind: 'end', end }]);
  });
});
