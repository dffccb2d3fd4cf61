import { defineQuery, defineSignal } from '@temporalio/workflow';

/** Type name of the workflow that keeps a trunk registered and watched. */
export const REGISTRATION_WORKFLOW_TYPE = 'registrationWorkflow';

/** What a trunk's registration is made from. No secrets: passwords are read by the activity that needs them. */
export interface RegistrationSettings {
  trunk: string;
  login: string;
  /** Host of the address of record, without a port. */
  domain: string;
  /** `sip:` URIs of the registrar and those that stand in for it, in order; at least one. */
  targets: string[];
  /** `sip:` URI that every request goes to first. */
  outboundProxy?: string;
  /** Asked for in REGISTER, in seconds; absent: the trunk does not register. */
  expiresS?: number;
  /** After failures the next try waits this long at least and at most, in ms. */
  retryMs: { min: number; max: number };
  /** Time between two OPTIONS; absent: none are sent. */
  keepAliveMs?: number;
}

/**
 * `off`: the trunk does not register. `registering`: the first REGISTER is on its way. `registered`. `failing`: tried again by and by.
 * `refused`: the registrar does not take login or password. `unregistered`: on an operator's word.
 */
export type RegistrationPhase = 'off' | 'registering' | 'registered' | 'failing' | 'refused' | 'unregistered';

/** `up`: calls may go out. `degraded`: they may, and something is wrong. `down`: they cannot. */
export type TrunkState = 'up' | 'degraded' | 'down';

/** How a trunk is, as the query, the API and the commands tell. Times are ISO 8601 in UTC. */
export interface TrunkStatus {
  trunk: string;
  node: string;
  login: string;
  state: TrunkState;
  registration: RegistrationPhase;
  /** When the registration came to be as it is. */
  since: string;
  /** The registrar in use, or the last one tried. */
  target: string;
  /** When the binding ends unless it is refreshed. */
  expiresAt?: string;
  /** When the next REGISTER goes out. */
  nextAt?: string;
  /** Failed tries since the last success. */
  failures: number;
  /** What went wrong last; absent when nothing is wrong. */
  problem?: string;
}

/** Where a registration stands: kept when its history starts anew. Times are ms since 1970. */
export interface RegistrationCarryOver {
  sipCallId: string;
  fromTag: string;
  /** Number of the next REGISTER. */
  cseq: number;
  phase: RegistrationPhase;
  sinceMs: number;
  /** Index of the target of the next REGISTER. */
  target: number;
  /** Index of the target that the binding was made at. */
  boundTarget: number;
  /** Where a 3xx has sent us. */
  redirect?: string;
  /** What a 423 wants, in seconds. */
  askS?: number;
  failures: number;
  expiresAtMs?: number;
  /** Absent: nothing is due. */
  nextAtMs?: number;
  problem?: string;
  /** What OPTIONS tell of the targets. */
  reach: TrunkState;
}

/** Input of the registration workflow. */
export interface RegistrationInput {
  node: string;
  settings: RegistrationSettings;
  /** It goes on in a run with a new history when the present one has so many events. Absent: when Temporal suggests it. */
  historyEventsPerRun?: number;
  /** Absent: it begins. */
  carryOver?: RegistrationCarryOver & {
    /** What the binding was made with; absent when there is none. */
    boundWith?: RegistrationSettings;
    /** An operator wants the trunk not to be registered. */
    isUnwanted: boolean;
  };
}

/** The trunk is configured so, now; a registration that failed or was refused is tried again at once. */
export const trunkConfiguredSignal = defineSignal<[RegistrationSettings]>('trunkConfigured');
/** The trunk is no longer configured: its binding is removed, and the workflow ends. */
export const trunkRemovedSignal = defineSignal('trunkRemoved');
/** An operator wants the trunk registered, at once. */
export const registerRequestedSignal = defineSignal('registerRequested');
/** An operator wants the trunk not to be registered, until the next `registerRequested`. */
export const unregisterRequestedSignal = defineSignal('unregisterRequested');

export const trunkStatusQuery = defineQuery<TrunkStatus>('trunkStatus');

const WORKFLOW_ID = /^registration-([^@]+)@([a-z0-9-]+)$/;

export function registrationWorkflowId(trunk: string, node: string): string {
  return `registration-${trunk}@${node}`;
}

/** @returns trunk and node within `registration-<trunk>@<node>`, or undefined for any other workflow id */
export function parseRegistrationWorkflowId(workflowId: string): { trunk: string; node: string } | undefined {
  const [, trunk, node] = WORKFLOW_ID.exec(workflowId) ?? [];
  return trunk === undefined || node === undefined ? undefined : { trunk, node };
}
