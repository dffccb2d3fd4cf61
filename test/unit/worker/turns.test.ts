import { describe, expect, it } from '@jest/globals';
import { Outage } from '../../../worker/ingress/outage';
import { Turns } from '../../../worker/ingress/turns';

describe('turns of a call', () => {
  it('come in the order in which they were taken, whatever is ready first, and without those that pass', async () => {
    const turns = new Turns();
    const [first, second, third, other] = [turns.take('a'), turns.take('a'), turns.take('a'), turns.take('b')];
    const done: string[] = [];
    const run = (name: string) => () => Promise.resolve(void done.push(name));
    const thirdRun = third.run(run('third'));
    second.pass();
    await other.run(run('other'));
    expect(done).toEqual(['other']);
    const failing = (): Promise<void> => (done.push('first'), Promise.reject(new Error('failed')));
    await expect(first.run(failing)).rejects.toThrow('failed');
    await Promise.all([thirdRun, turns.settled()]);
    expect(done).toEqual(['other', 'first', 'third']);
  });
});

describe('an outage of Temporal', () => {
  it('is said once, and its end, however often requests fail', () => {
    const said: string[] = [];
    const outage = new Outage({ warn: (_, message) => said.push(message) });
    for (let n = 0; n < 100; n++) outage.failed('signal', new Error('away'));
    outage.succeeded();
    outage.succeeded();
    expect(said).toHaveLength(2);
  });
});
