import { describe, expect, it } from '@jest/globals';
import { EdgeReader, saidBy } from '../../../activities/bot/edge-reader';
import { contextName, readAndName } from '../../../activities/bot/read-and-name';
import type { CallInput, TrunkOfCall } from '../../../contracts/call';
import { asOf } from '../../../contracts/edge-reading';
import type { CallId } from '../../../contracts/ids';
import type { CallReading } from '../../../contracts/messages';
import { readContextOf } from '../../../contracts/read-context';

const CALL = 'abcdefghabcdefgh' as CallId;
const trunk: TrunkOfCall = { id: 'own', host: 'peer', allowTargets: ['^sip:'], ringTimeoutMs: 1, maxCallMs: 1 };
const channel = { botId: 'bot', takesDtmf: false, presets: { transferTarget: 'sip:preset@peer' } };
const settled = { trunk, channel };

const stateOf = (over: Partial<CallReading> = {}): CallReading => ({
  node: 'here',
  contextName: contextName(settled),
  paramsName: '',
  context: readContextOf(settled, {}),
  ...over,
});
const input = { callId: CALL, node: 'here', contextName: contextName(settled), ...settled } as unknown as CallInput;
const event = (name: string, over: object = {}) => ({ type: 'event', name, id: 'a', ...over });
const config = (sessionParams: object) => event('config', { sessionParams });

/** A reader, and how often it has asked. */
function readerWith(ask: () => Promise<CallReading>): { reader: EdgeReader; asked: () => number } {
  let times = 0;
  const counting = (): Promise<CallReading> => {
    times += 1;
    return ask();
  };
  const trunkOf = (botId: string) => (botId === 'sales' ? { ...trunk, id: 'sales-trunk' } : undefined);
  return { reader: new EdgeReader({ node: 'here', trunkOf, ask: counting }), asked: () => times };
}

const never = (): Promise<CallReading> => new Promise(() => undefined);

describe('what a bot sends is read at the edge', () => {
  it('as the call would, in the context that the call names, asked once', async () => {
    const { reader, asked } = readerWith(() => Promise.resolve(stateOf({ paramsName: 'p' })));
    const payload = event('transfer', { activityParams: { transferChannel: 'sales' } });
    const context = stateOf().context;
    const expected = readAndName(payload, context, () => ({ ...trunk, id: 'sales-trunk' }));
    expect(await reader.read(CALL, payload)).toEqual({ asOf: asOf(contextName(settled), 'p'), reading: expected });
    await reader.read(CALL, payload);
    expect(asked()).toBe(1);
  });

  it('without a question by the process where the call began', async () => {
    const { reader, asked } = readerWith(never);
    reader.begins(input);
    const edge = await reader.read(CALL, event('handover'));
    expect(edge).toMatchObject({ asOf: `${contextName(settled)}.`, reading: { activities: [{ kind: 'transfer' }] } });
    expect(asked()).toBe(0);
  });

  it('in order, each payload with the parameters that those before it leave', async () => {
    const { reader } = readerWith(never);
    reader.begins(input);
    const [first, second] = await reader.readInOrder(CALL, [
      config({ transferTarget: 'sip:b@peer' }),
      event('handover'),
    ]);
    const later = await reader.read(CALL, config({ transferTarget: null }));
    expect(first?.asOf).toBe(`${contextName(settled)}.`);
    expect(second?.reading).toMatchObject({ activities: [{ request: { target: 'sip:b@peer' } }] });
    expect(later?.asOf).toBe(second?.asOf);
    expect(later?.asOf).not.toBe(first?.asOf);
    expect((await reader.read(CALL, event('handover')))?.asOf).toBe(first?.asOf);
  });

  it('with its faults, which leave the parameters as they are', async () => {
    const { reader } = readerWith(never);
    reader.begins(input);
    const wrong = { ...config({ a: 1 }), activityParams: 7 };
    expect(await reader.read(CALL, wrong)).toMatchObject({ reading: { faults: [{ path: expect.any(String) }] } });
    expect((await reader.read(CALL, event('handover')))?.asOf).toBe(`${contextName(settled)}.`);
  });

  it('in the words of the Bot API where it is a REFER', async () => {
    const { reader } = readerWith(never);
    const jaicp = { ...settled, channel: { ...channel, dialect: 'jaicp' as const } };
    reader.begins({ ...input, ...jaicp });
    const payload = event('transfer', { activityParams: { transferTarget: 'sip:agent@peer' } });
    const edge = await reader.read(CALL, payload, { isRefer: true });
    expect(edge?.reading).toEqual(readAndName(payload, readContextOf(settled, {})));
  });
});

describe('what a bot sends is left to the call', () => {
  it.each<[string, () => Promise<CallReading>]>([
    ['does not say in time what its bot’s words are read by', never],
    ['cannot be asked', () => Promise.reject(new Error('no such query'))],
    ['is of another node, whose trunks may have other names', () => Promise.resolve(stateOf({ node: 'there' }))],
    ['does not know its parameters by a name', () => Promise.resolve({ node: 'here', context: stateOf().context })],
  ])('that %s', async (_, ask) => {
    expect(await readerWith(ask).reader.read(CALL, event('handover'))).toBeUndefined();
  });

  it('when it is long, and what it leaves is known all the same', async () => {
    const { reader } = readerWith(never);
    reader.begins(input);
    const long = { transferTarget: 'sip:b@peer', notes: 'x'.repeat(16_384) };
    const [first, second] = await reader.readInOrder(CALL, [config(long), config({ notes: null })]);
    expect(first).toBeUndefined();
    expect(second?.reading).toMatchObject({ sessionParams: { notes: null } });
    expect(await reader.read(CALL, event('handover'))).toMatchObject({
      reading: { activities: [{ request: { target: 'sip:b@peer' } }] },
    });
  });

  it('where there is no reader', async () => {
    expect(await saidBy(undefined, CALL, [1, 2])).toEqual([{ payload: 1 }, { payload: 2 }]);
  });
});
