import type { LegKind, LegName } from '../../contracts/ids';
import type { LegRecord } from '../../contracts/leg';
import type { MediaChanged } from '../../contracts/messages';
import type { CallState, Leg, LegOfTransfer } from './state';
import { isUp } from './state';

export const CALLER: LegName = { kind: 'caller', attempt: 0 };
export const BOT: LegName = { kind: 'bot', attempt: 0 };

export function legOf(state: CallState, { kind, attempt }: LegName): Leg | undefined {
  if (kind === 'caller' || kind === 'bot') return state[kind];
  return state.transferLegs?.find(({ record: { name } }) => name.kind === kind && name.attempt === attempt);
}

/** The side that the caller talks with: the bot, or the target that took its place. */
export function partnerOfCaller(state: CallState): Leg | undefined {
  const { joinedTarget } = state;
  return joinedTarget === undefined ? state.bot : legOf(state, { kind: 'target', attempt: joinedTarget });
}

/** Every leg, whether or not it is up. */
export function allLegs({ caller, bot, transferLegs = [] }: CallState): Leg[] {
  return [caller, bot, ...transferLegs].filter((leg) => leg !== undefined);
}

/** The legs that talk with each other, as far as they are up. */
export function joinedLegs(state: CallState): [LegName, LegName][] {
  const pairs = [[state.caller, partnerOfCaller(state)] as const, returnedPair(state)];
  return pairs.flatMap(([one, other]): [LegName, LegName][] =>
    isUp(one) && isUp(other) && one?.record && other?.record ? [[one.record.name, other.record.name]] : []
  );
}

/** The legs of the last call that came back, and of the target that it was joined with. */
export function returnedPair(state: CallState): readonly [returned: Leg | undefined, target: Leg | undefined] {
  const { attempt } = state.returned ?? {};
  if (attempt === undefined) return [undefined, undefined];
  return [legOf(state, { kind: 'returned', attempt }), legOf(state, { kind: 'target', attempt })];
}

export function withTransferLeg(state: CallState, record: LegRecord): CallState {
  const leg: LegOfTransfer = { record, isUp: true };
  return { ...state, transferLegs: [...(state.transferLegs ?? []), leg] };
}

export function withLegDown(state: CallState, name: LegName): CallState {
  return isUp(legOf(state, name)) ? withLeg(state, name, (leg) => ({ ...leg, isUp: false })) : state;
}

export function withAllLegsDown(state: CallState): CallState {
  return allLegs(state).reduce<CallState>((next, { record }) => withLegDown(next, record?.name ?? BOT), state);
}

/** Legs with new session descriptions. */
export function withMedia(state: CallState, legs: MediaChanged['legs']): CallState {
  return legs.reduce(
    (next, { leg: name, localSdp, remoteSdp }) =>
      withLeg(next, name, (leg) => (leg.record ? { ...leg, record: { ...leg.record, localSdp, remoteSdp } } : leg)),
    state
  );
}

/** Legs that have ended, without their descriptions: nobody will need them. */
export function withoutOldMedia(state: CallState): CallState {
  const { transferLegs } = state;
  if (!transferLegs) return state;
  const bare = transferLegs.map((leg): LegOfTransfer =>
    isUp(leg) ? leg : { ...leg, record: { ...leg.record, localSdp: '', remoteSdp: '' } }
  );
  return { ...state, transferLegs: bare };
}

/** What became of these legs in words of `mediaChanged`. */
export function mediaOf(records: LegRecord[]): MediaChanged['legs'] {
  return records.map(({ name: leg, localSdp, remoteSdp }) => ({ leg, localSdp, remoteSdp }));
}

function withLeg(state: CallState, name: LegName, change: (leg: Leg) => Leg): CallState {
  const { kind, attempt } = name;
  if (isOwn(kind)) {
    const leg = state[kind];
    const changed = leg && change(leg);
    return changed === leg ? state : { ...state, [kind]: changed };
  }
  const transferLegs = state.transferLegs?.map((leg) =>
    leg.record.name.kind === kind && leg.record.name.attempt === attempt ? (change(leg) as LegOfTransfer) : leg
  );
  return transferLegs ? { ...state, transferLegs } : state;
}

function isOwn(kind: LegKind): kind is 'caller' | 'bot' {
  return kind === 'caller' || kind === 'bot';
}
