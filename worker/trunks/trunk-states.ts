import type { Client } from '@temporalio/client';
import { inTime } from '../../client/in-time';
import type { TrunkStatus } from '../../contracts/registration';
import { registrationWorkflowId, trunkStatusQuery } from '../../contracts/registration';

/** Asked again when it is older, in ms. */
const FRESH_MS = 1_000;

/** A query waits for a worker; a call does not wait for long. */
const QUERY_LIMIT_MS = 1_500;

/** How the node's trunks are, as their registrations tell. */
export class TrunkStates {
  readonly #known = new Map<string, { atMs: number; status: Promise<TrunkStatus | undefined> }>();

  constructor(
    private readonly client: Client,
    private readonly node: string
  ) {}

  /** @returns undefined for a trunk that neither registers nor is watched, and when it cannot be known now */
  of(trunk: string): Promise<TrunkStatus | undefined> {
    const known = this.#known.get(trunk);
    if (known && performance.now() - known.atMs < FRESH_MS) return known.status;
    const status = this.#ask(trunk);
    this.#known.set(trunk, { atMs: performance.now(), status });
    return status;
  }

  async #ask(trunk: string): Promise<TrunkStatus | undefined> {
    const handle = this.client.workflow.getHandle(registrationWorkflowId(trunk, this.node));
    try {
      return await inTime(this.client, QUERY_LIMIT_MS, () => handle.query(trunkStatusQuery));
    } catch {
      return undefined;
    }
  }
}
