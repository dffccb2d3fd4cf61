import type { Client, WorkflowHandle } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { runningQuery } from '../contracts/list-query';
import { CALL_WORKFLOW_TYPE } from '../contracts/messages';
import type { RegistrationPhase, TrunkStatus } from '../contracts/registration';
import {
  parseRegistrationWorkflowId,
  REGISTRATION_WORKFLOW_TYPE,
  registerRequestedSignal,
  registrationWorkflowId,
  trunkStatusQuery,
  unregisterRequestedSignal,
} from '../contracts/registration';
import { AmbiguousTrunk, TemporalUnavailable, TrunkDoesNotRegister, TrunkNotFound } from './errors';
import { inTime } from './in-time';
import { temporalError } from './temporal-failures';

/** A trunk that registers or is watched, and the calls that are up on it. */
export interface TrunkView extends Omit<TrunkStatus, 'registration' | 'since'> {
  /** `unknown`: no worker of its node answers; login and target are empty then. */
  registration: RegistrationPhase | 'unknown';
  /** Absent when it is unknown. */
  since?: string;
  /** Calls that came in on it and are up. Lags behind by up to about a second. */
  calls: number;
}

interface Place {
  trunk: string;
  node: string;
}

/** Watches and steers the trunks that register or are watched by OPTIONS; no other has a state. `TemporalUnavailable` when Temporal does not answer. */
export class TrunksClient {
  readonly #client: Client;
  readonly #deadlineMs: number;

  /** @param deadlineMs time limit of each request */
  constructor(client: Client, deadlineMs = 5000) {
    this.#client = client;
    this.#deadlineMs = deadlineMs;
  }

  /** Every trunk of every node, by name; also those of a node whose workers are away. @throws TemporalUnavailable */
  async list(): Promise<TrunkView[]> {
    const places = await this.#places();
    const views = await Promise.all(
      places.map((place) => this.#view(place).catch((err: unknown) => withoutAnswer(place, err)))
    );
    return views.filter((view) => view !== undefined);
  }

  /**
   * One trunk.
   * @param name its id, or `<id>@<node>` where several nodes have a trunk of this id
   * @throws TrunkNotFound, AmbiguousTrunk, TemporalUnavailable
   */
  async get(name: string): Promise<TrunkView> {
    return this.#view(await this.#place(name));
  }

  /** Registers a trunk at once, also one that an operator had stopped. @returns the trunk as it is then @throws as `get`, TrunkDoesNotRegister */
  register(name: string): Promise<TrunkView> {
    return this.#tell(name, (handle) => handle.signal(registerRequestedSignal));
  }

  /** Ends the registration of a trunk, until `register`; it is `down` meanwhile. @returns, @throws as `register` */
  unregister(name: string): Promise<TrunkView> {
    return this.#tell(name, (handle) => handle.signal(unregisterRequestedSignal));
  }

  async #tell(name: string, signal: (handle: WorkflowHandle) => Promise<void>): Promise<TrunkView> {
    const place = await this.#place(name);
    const { registration } = await this.#view(place);
    if (registration === 'off') throw new TrunkDoesNotRegister(name);
    await this.#ask(place, signal);
    return this.#view(place);
  }

  async #place(name: string): Promise<Place> {
    const [trunk, node] = name.split('@');
    const found = (await this.#places()).filter(
      (place) => place.trunk === trunk && (node === undefined || place.node === node)
    );
    const [first, ...others] = found;
    if (!first) throw new TrunkNotFound(name);
    if (others.length > 0)
      throw new AmbiguousTrunk(
        name,
        found.map((place) => place.node)
      );
    return first;
  }

  async #places(): Promise<Place[]> {
    const { workflow } = this.#client;
    const query = runningQuery({ type: REGISTRATION_WORKFLOW_TYPE });
    const places = await this.#inTime(async () => {
      const found: Place[] = [];
      for await (const { workflowId } of workflow.list({ query })) {
        const place = parseRegistrationWorkflowId(workflowId);
        if (place) found.push(place);
      }
      return found;
    });
    return places.sort((one, other) => keyOf(one).localeCompare(keyOf(other)));
  }

  async #view(place: Place): Promise<TrunkView> {
    const [status, calls] = await Promise.all([
      this.#ask(place, (handle) => handle.query(trunkStatusQuery)),
      this.#calls(place),
    ]);
    return { ...status, calls };
  }

  async #calls({ trunk, node }: Place): Promise<number> {
    const query = runningQuery({ type: CALL_WORKFLOW_TYPE, node, trunk });
    return (await this.#inTime(() => this.#client.workflow.count(query))).count;
  }

  async #ask<T>({ trunk, node }: Place, ask: (handle: WorkflowHandle) => Promise<T>): Promise<T> {
    try {
      return await this.#inTime(() => ask(this.#client.workflow.getHandle(registrationWorkflowId(trunk, node))));
    } catch (err) {
      throw err instanceof WorkflowNotFoundError ? new TrunkNotFound(trunk) : err;
    }
  }

  async #inTime<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await inTime(this.#client, this.#deadlineMs, request);
    } catch (err) {
      throw temporalError(err);
    }
  }
}

function keyOf({ trunk, node }: Place): string {
  return `${trunk}@${node}`;
}

/** What stands for a trunk that does not answer. One that ends while it is looked at is left out. */
function withoutAnswer(place: Place, err: unknown): TrunkView | undefined {
  if (err instanceof TrunkNotFound) return undefined;
  if (!(err instanceof TemporalUnavailable)) throw err;
  const problem = 'no worker of its node answers';
  return { ...place, login: '', state: 'down', registration: 'unknown', target: '', failures: 0, problem, calls: 0 };
}
