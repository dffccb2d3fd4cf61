import type { LegOfRecord } from '../../contracts/call-record';
import { allLegs, BOT } from './legs';
import type { CallEvent, CallState, Leg } from './state';
import { isUp } from './state';

/** Marks the end of a leg as ours. */
export const LET_GO = 'let go: ';

/** When each leg came up and went down, for the record. */
export class LegLog {
  readonly legs: LegOfRecord[];

  constructor(kept: readonly LegOfRecord[] = []) {
    this.legs = [...kept];
  }

  observe(state: CallState, event: CallEvent): void {
    const now = new Date().toISOString();
    for (const leg of allLegs(state)) {
      const { kind, attempt } = nameOf(leg);
      const known = this.legs.find((each) => each.kind === kind && each.attempt === attempt);
      if (!known && isUp(leg)) {
        const dialogId = leg.record?.dialogId;
        this.legs.push({ kind, attempt, ...(dialogId === undefined ? {} : { dialogId }), startedAt: now });
      } else if (known && !isUp(leg)) known.endedAt ??= ended(known, event, now);
    }
  }
}

/** A bot without a SIP leg has no record; there is one at most. */
function nameOf({ record }: Leg): Pick<LegOfRecord, 'kind' | 'attempt'> {
  return record?.name ?? BOT;
}

function ended(leg: LegOfRecord, event: CallEvent, now: string): string {
  const reason = event.type === 'LegEnded' ? event.reason : undefined;
  const isLost = event.type === 'NodeLost' || (event.type === 'LegEnded' && event.isLost === true);
  if (!isLost) leg.endedBy = reason?.startsWith(LET_GO) === true ? 'us' : 'peer';
  if (reason !== undefined) leg.reason = reason.replace(LET_GO, '');
  return now;
}
