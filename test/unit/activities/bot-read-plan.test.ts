import { describe, expect, it } from '@jest/globals';
import { readActivities } from '../../../activities/bot/read-activities';
import type { ReadContext } from '../../../contracts/read-context';

const context: ReadContext = { presets: {}, policy: { host: 'pbx.example.com', allowTargets: ['@pbx.example.com'] } };
const at = (user: string): string => `sip:${user}@pbx.example.com`;

const read = (activityParams: object, more: Partial<ReadContext> = {}): unknown =>
  readActivities({ type: 'event', name: 'transfer', id: 'a1', activityParams }, { ...context, ...more });
const requestOf = (reading: unknown): unknown =>
  (reading as { activities: { request: unknown }[] }).activities[0]?.request;

describe('transferTargets', () => {
  it('are read in order, each with its own settings, else those of the transfer', () => {
    const transferTargets = [
      { transferTarget: at('first'), transferMethod: 'refer' },
      '+4930123',
      { transferTarget: at('third'), transferTimeoutMS: 7_000 },
    ];
    expect(requestOf(read({ transferTargets, transferMethod: 'invite', transferTimeoutMS: 20_000 }))).toMatchObject({
      target: at('first'),
      method: 'refer',
      timeoutMs: 20_000,
      planTimeoutMs: 180_000,
      next: [
        { target: at('+4930123'), method: 'invite', timeoutMs: 20_000 },
        { target: at('third'), method: 'invite', timeoutMs: 7_000 },
      ],
    });
  });

  it('are each held to the rules for targets', () => {
    const transferTargets = [at('first'), 'sip:a@else.example', { transferTarget: '112' }, {}, 7];
    expect(read({ transferTargets })).toEqual({
      faults: expect.arrayContaining([
        { path: 'activities[0].activityParams.transferTargets[1]', message: expect.stringContaining('not allowed') },
        {
          path: 'activities[0].activityParams.transferTargets[2].transferTarget',
          message: expect.stringContaining('"emergency"'),
        },
        { path: 'activities[0].activityParams.transferTargets[3].transferTarget', message: 'is missing' },
        { path: 'activities[0].activityParams.transferTargets[4]', message: 'must be an object' },
      ]),
    });
  });

  it.each([[[]], [Array.from({ length: 11 }, () => at('a'))]])('are 1 to 10', (transferTargets) => {
    expect(read({ transferTargets })).toHaveProperty('faults');
  });

  it('go before transferTarget, unless that comes from nearer', () => {
    const transferTargets = [at('planned')];
    const presets = (more: object): Partial<ReadContext> => ({ presets: { ...more } });
    const target = (user: string): object => ({ target: at(user) });
    expect(requestOf(read({ transferTargets, transferTarget: at('single') }))).toMatchObject(target('planned'));
    expect(requestOf(read({ transferTargets }, presets({ transferTarget: at('single') })))).toMatchObject(
      target('planned')
    );
    expect(requestOf(read({ transferTarget: at('single') }, presets({ transferTargets })))).toEqual(
      expect.not.objectContaining({ next: expect.anything() })
    );
    expect(requestOf(read({ transferTarget: at('single') }, presets({ transferTargets })))).toMatchObject(
      target('single')
    );
  });
});
