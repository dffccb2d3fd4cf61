import { describe, expect, it } from '@jest/globals';
import { inSrvOrder } from '../../../sip-server/transport/srv-order';

const record = (name: string, priority: number, weight: number): Parameters<typeof inSrvOrder>[0][number] => {
  return { name, priority, weight, port: 5060 };
};

function order(records: Parameters<typeof inSrvOrder>[0], random: () => number): string {
  return inSrvOrder(records, random)
    .map(({ name }) => name)
    .join('');
}

describe('inSrvOrder', () => {
  it('goes by priority whatever the weight', () => {
    const records = [record('c', 3, 900), record('a', 1, 0), record('b', 2, 100)];
    expect(order(records, () => 0.999)).toBe('abc');
  });

  it('draws by weight among equals, each once', () => {
    const records = [record('a', 1, 10), record('b', 1, 30), record('z', 1, 0)];
    expect(order(records, () => 0)).toBe('zab');
    expect(order(records, () => 0.999)).toBe('baz');
  });

  it('gives shares like the weights', () => {
    const records = [record('a', 1, 25), record('b', 1, 75)];
    let step = 0;
    const firsts = Array.from({ length: 100 }, () => order(records, () => (step++ % 200) / 200)[0]);
    expect(firsts.filter((name) => name === 'b').length).toBeGreaterThan(60);
    expect(firsts.filter((name) => name === 'a').length).toBeGreaterThan(15);
  });
});
