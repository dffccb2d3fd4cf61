import type { LegName } from '../../contracts/ids';
import type { LegRecord } from '../../contracts/leg';
import type { CallLegs } from '../../contracts/messages';
import type { InDialogParts, LegRequest } from './leg-request';

/** The leg that a peer's request came on, and the one it is joined with. */
export interface Pair extends Omit<CallLegs, 'legs' | 'joined'> {
  from: LegRecord;
  to: LegRecord | undefined;
}

/** @returns undefined when there is no such leg @throws when nobody can tell */
export async function pairOf(
  { callId, leg }: LegRequest,
  { gateway }: InDialogParts,
  withinMs?: number
): Promise<Pair | undefined> {
  const known = await gateway.legs(callId, withinMs);
  const from = known?.legs.find(({ name }) => isSame(name, leg));
  if (!known || !from) return undefined;
  const { legs, joined, ...rest } = known;
  const pair = joined.find((names) => names.some((name) => isSame(name, leg)));
  const other = pair?.find((name) => !isSame(name, leg));
  return { ...rest, from, to: other && legs.find(({ name }) => isSame(name, other)) };
}

function isSame(one: LegName, other: LegName): boolean {
  return one.kind === other.kind && one.attempt === other.attempt;
}
