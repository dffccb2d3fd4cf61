import type { LegName } from './ids';

/**
 * One dialog of a call, as the workflow keeps it. Whatever a worker needs to act on the dialog follows from this record; there is no dialog
 * object to lose.
 */
export interface LegRecord {
  name: LegName;
  /** `<Call-ID>;from-tag=<tag>`: names the dialog at the SIP server. */
  dialogId: string;
  localTag: string;
  remoteTag: string;
  /** Last session description sent on this leg; its `o=` line is ours and carries the leg's session id and version. Empty when none. */
  localSdp: string;
  /** Last session description the peer sent, as received. Empty when none. */
  remoteSdp: string;
  /** `id` of the trunk that the leg goes over: its password answers challenges within the dialog. Absent: none, as of a bot. */
  trunk?: string;
}

/** Identifies a peer's request within a leg, so that a second delivery is known: RFC 3261 section 12.2 makes it unique. */
export interface RequestKey {
  method: string;
  remoteTag: string;
  cseq: number;
}

/** @returns the text under which a delivered request is remembered */
export function requestKeyText(key: RequestKey): string {
  return `${key.remoteTag} ${key.cseq} ${key.method}`;
}

/** Requests remembered per leg: more than a peer can have outstanding, few enough to carry along. */
export const REMEMBERED_REQUESTS = 64;
