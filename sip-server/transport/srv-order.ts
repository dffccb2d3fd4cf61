import type { SrvRecord } from 'node:dns';

/**
 * SRV records in the order to try them (RFC 2782): by priority, within one by chance according to weight.
 * @param random as Math.random
 */
export function inSrvOrder(records: readonly SrvRecord[], random: () => number = Math.random): SrvRecord[] {
  const left = [...records].sort((a, b) => a.priority - b.priority || a.weight - b.weight);
  const ordered: SrvRecord[] = [];
  while (left.length > 0) {
    const [{ priority } = { priority: 0 }] = left;
    const alike = left.filter((record) => record.priority === priority);
    const [chosen] = left.splice(byWeight(alike, random), 1);
    if (chosen !== undefined) ordered.push(chosen);
  }
  return ordered;
}

/** The index of one of them; those with weight 0 come first and so have a small chance only. */
function byWeight(records: readonly SrvRecord[], random: () => number): number {
  const total = records.reduce((sum, { weight }) => sum + weight, 0);
  const drawn = Math.floor(random() * (total + 1));
  let sum = 0;
  return records.findIndex(({ weight }) => {
    sum += weight;
    return sum >= drawn;
  });
}
