import { condition } from '@temporalio/workflow';
import type { ParsedActivity } from '../../contracts/activities-read';
import type { ActivityReceipt } from '../../contracts/messages';
import type { Pausable } from './pausable';
import { tellRefusal } from './refusal';
import type { CallSession } from './session';

/** Activities of one payload, the first of which waits for its time. Plain data: the next run goes on with them. */
export interface DelayedActivities {
  /** When that is, in ms. */
  dueAtMs: number;
  activities: ParsedActivity[];
}

/** From the first activity with a `delay` on, those of a payload wait. */
export function byTime(activities: readonly ParsedActivity[]): { atOnce: ParsedActivity[]; later: ParsedActivity[] } {
  const first = activities.findIndex(({ delayMs }) => delayMs !== undefined);
  return first < 0
    ? { atOnce: [...activities], later: [] }
    : { atOnce: activities.slice(0, first), later: activities.slice(first) };
}

/** Activities that wait for their time, payload by payload, while the call goes on and others are carried out. */
export class Delayed implements Pausable {
  /** What is due is carried out at once; timers end with a pause. */
  readonly isIdle = true;
  readonly #waiting: Set<DelayedActivities>;
  #isPaused: boolean;
  /** Counts pauses: what began before one does not go on after it. */
  #pauses = 0;
  #carryOut: (activity: ParsedActivity) => unknown = () => undefined;

  /** @param kept what an earlier run left; begins with `resume` */
  constructor(
    private readonly call: CallSession,
    kept: readonly DelayedActivities[] = []
  ) {
    this.#waiting = new Set(kept.map((each) => ({ ...each, activities: [...each.activities] })));
    this.#isPaused = kept.length > 0;
  }

  get waiting(): DelayedActivities[] {
    return [...this.#waiting];
  }

  /** Says who carries out what is due. It throws a refusal. */
  onDue(carryOut: (activity: ParsedActivity) => unknown): void {
    this.#carryOut = carryOut;
  }

  /** @returns what becomes of each; one whose id has been seen is not carried out again */
  add(activities: readonly ParsedActivity[]): ActivityReceipt[] {
    const fresh: ParsedActivity[] = [];
    const receipts = activities.map((activity) =>
      this.call.receipts.once(activity.id, () => {
        fresh.push(activity);
        return { id: activity.id, name: activity.name, status: 'delayed' };
      })
    );
    const [first] = fresh;
    if (first) this.#wait({ dueAtMs: Date.now() + (first.delayMs ?? 0), activities: fresh });
    return receipts;
  }

  pause(): void {
    this.#isPaused = true;
    this.#pauses += 1;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    for (const each of this.#waiting) void this.#inTheirTime(each);
  }

  #wait(each: DelayedActivities): void {
    this.#waiting.add(each);
    if (!this.#isPaused) void this.#inTheirTime(each);
  }

  /** The end of the call ends it too. */
  async #inTheirTime(each: DelayedActivities): Promise<void> {
    const pauses = this.#pauses;
    const isPaused = (): boolean => this.#pauses !== pauses;
    for (let [next] = each.activities; next; [next] = each.activities) {
      const waitMs = each.dueAtMs - Date.now();
      if (waitMs > 0)
        await condition(() => this.call.isEnded || isPaused(), waitMs, { summary: `delay of ${next.name}` });
      if (isPaused()) return;
      if (this.call.isEnded || !this.#isDone(next)) break;
      each.activities.shift();
      each.dueAtMs = Date.now() + (each.activities[0]?.delayMs ?? 0);
    }
    this.#waiting.delete(each);
  }

  /** One that is refused ends its list. */
  #isDone(activity: ParsedActivity): boolean {
    try {
      this.#carryOut(activity);
      return true;
    } catch (err) {
      tellRefusal(this.call, err);
      return false;
    }
  }
}
