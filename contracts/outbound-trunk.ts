/** How calls go out over a trunk that has a host. */
export interface OutboundTrunk {
  /** User of the Contact, and of From or P-Asserted-Identity. */
  login: string;
  /** `host[:port]` of the trunk, then of those that stand in for it, in order; at least one. */
  hosts: string[];
  /** Absent: UDP. */
  transport?: 'tcp' | 'tls';
  /** `host[:port]` that every INVITE goes to first. */
  outboundProxy?: string;
  /** Who stands in From: the trunk's login, or the caller. The other one is asserted (RFC 3325). */
  callerId: CallerId;
  /** A host that says nothing but 100 for this many ms is passed over for the next one; absent where there is none. */
  failoverMs?: number;
}

export const CALLER_IDS = ['login', 'caller'] as const;
export type CallerId = (typeof CALLER_IDS)[number];
