import type { Client } from '@temporalio/client';
import type { CallId } from '../../contracts/ids';
import { callWorkflowId } from '../../contracts/ids';
import { runningQuery } from '../../contracts/list-query';
import { CALL_WORKFLOW_TYPE } from '../../contracts/messages';

/** A call stands in Temporal's list at the latest after this time, in ms; until then this worker remembers it. */
const LISTED_MS = 2_000;

const LIST_LIMIT_MS = 1_500;

/**
 * How many calls each trunk has at a time, over all workers of the node. Temporal's list lags behind by up to about a second, so workers that
 * take calls in the same second may together take more than the limit; one worker does not.
 */
export class TrunkLoad {
  readonly #taken = new Map<string, { trunk: string; atMs: number }>();

  constructor(
    private readonly client: Client,
    private readonly node: string,
    private readonly log: { warn(fields: object, message: string): void }
  ) {}

  /** Takes room for a call. @returns false when the trunk has none; true when it cannot be known */
  async take(trunk: string, callId: CallId, max: number): Promise<boolean> {
    this.#forgetListed();
    const id = callWorkflowId(callId);
    this.#taken.set(id, { trunk, atMs: performance.now() });
    try {
      const others = await this.client.withDeadline(Date.now() + LIST_LIMIT_MS, () => this.#listed(trunk, max + 1));
      // Those that were taken before this one go first, in the order in which they came.
      for (const [taken, of] of this.#taken) {
        if (taken === id) break;
        if (of.trunk === trunk) others.add(taken);
      }
      others.delete(id);
      if (others.size < max || (await this.#withoutEnded(others)).size < max) return true;
      this.#taken.delete(id);
      return false;
    } catch (err) {
      this.log.warn({ trunk, err: String(err) }, 'how many calls the trunk has cannot be known: the call is taken');
      return true;
    }
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

  /** Asked only at the limit: the list and our memory have calls that ended a moment ago. */
  async #withoutEnded(ids: Set<string>): Promise<Set<string>> {
    for (const id of ids) {
      const { status } = await this.client.workflow.getHandle(id).describe();
      if (status.name === 'RUNNING') continue;
      ids.delete(id);
      this.#taken.delete(id);
    }
    return ids;
  }

  #forgetListed(): void {
    const before = performance.now() - LISTED_MS;
    for (const [id, { atMs }] of this.#taken) if (atMs < before) this.#taken.delete(id);
  }
}
