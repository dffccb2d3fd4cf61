import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Log } from '../../activities/log';
import { inTime } from '../../client/in-time';
import type { CallId } from '../../contracts/ids';
import { callWorkflowId } from '../../contracts/ids';
import { runningQuery } from '../../contracts/list-query';
import { CALL_WORKFLOW_TYPE } from '../../contracts/messages';

/** A call stands in Temporal's list at the latest after this time, in ms; until then this worker remembers it. */
const LISTED_MS = 2_000;

/** A call that was seen to be up is not looked at again within this time, in ms, however many callers want its place. */
const SEEN_MS = 500;

/** How many calls are looked at for a caller. On a trunk with more, a place that another one left may stay empty until the list knows of it. */
const MOST_LOOKED_AT = 50;

/** How long a caller waits for the count, in ms. */
const COUNT_LIMIT_MS = 1_500;

/**
 * How many calls each trunk has at a time, over all workers of the node. Temporal's list lags behind by up to about a second, so workers that
 * take calls in the same second may together take more than the limit; one worker does not.
 */
export class TrunkLoad {
  readonly #taken = new Map<string, { trunk: string; atMs: number }>();
  /** When calls were seen to be up: those that need not be looked at. */
  readonly #seen = new Map<string, number>();

  constructor(
    private readonly client: Client,
    private readonly node: string,
    private readonly log: Pick<Log, 'warn'>
  ) {}

  /** Takes room for a call. @returns false when the trunk has none; true when it cannot be known within 1.5 s */
  async take(trunk: string, callId: CallId, max: number): Promise<boolean> {
    this.#forget();
    const id = callWorkflowId(callId);
    this.#taken.set(id, { trunk, atMs: performance.now() });
    try {
      const hasRoom = await inTime(this.client, COUNT_LIMIT_MS, () => this.#hasRoom(trunk, id, max));
      if (!hasRoom) this.#taken.delete(id);
      return hasRoom;
    } catch (err) {
      this.log.warn({ trunk, err: String(err) }, 'how many calls the trunk has cannot be known: the call is taken');
      return true;
    }
  }

  /** The list and our memory have calls that ended a moment ago: only at the limit are they looked at. */
  async #hasRoom(trunk: string, id: string, max: number): Promise<boolean> {
    const others = await this.#listed(trunk, max + 1);
    for (const earlier of this.#takenBefore(id, trunk)) others.add(earlier);
    others.delete(id);
    if (others.size < max) return true;
    const doubtful = [...others].filter((other) => !this.#seen.has(other)).slice(0, MOST_LOOKED_AT);
    const ended = await Promise.all(doubtful.map((other) => this.#hasEnded(other)));
    return others.size - ended.filter(Boolean).length < max;
  }

  async #listed(trunk: string, enough: number): Promise<Set<string>> {
    const query = runningQuery({ type: CALL_WORKFLOW_TYPE, node: this.node, trunk });
    const ids = new Set<string>();
    for await (const { workflowId } of this.client.workflow.list({ query, pageSize: enough })) {
      ids.add(workflowId);
      if (ids.size >= enough) break;
    }
    return ids;
  }

  /** Calls of the same moment go in the order in which they came. */
  #takenBefore(id: string, trunk: string): string[] {
    const inOrder = [...this.#taken.keys()];
    return inOrder.slice(0, inOrder.indexOf(id)).filter((earlier) => this.#taken.get(earlier)?.trunk === trunk);
  }

  async #hasEnded(id: string): Promise<boolean> {
    try {
      const { status } = await this.client.workflow.getHandle(id).describe();
      if (status.name === 'RUNNING') {
        this.#seen.set(id, performance.now());
        return false;
      }
    } catch (err) {
      if (!(err instanceof WorkflowNotFoundError)) throw err;
      // It has been taken, and is about to start.
      if (this.#taken.has(id)) return false;
    }
    this.#taken.delete(id);
    return true;
  }

  #forget(): void {
    const nowMs = performance.now();
    for (const [id, { atMs }] of this.#taken) if (atMs < nowMs - LISTED_MS) this.#taken.delete(id);
    for (const [id, atMs] of this.#seen) if (atMs < nowMs - SEEN_MS) this.#seen.delete(id);
  }
}
