import { asDate } from '../clock';
import type { Dialog, DialogState } from '../dialog/dialog';
import { parseNameAddr } from '../message/name-addr';

/** A dialog as operators see it. */
export interface DialogRow {
  /** `<Call-ID>;from-tag=<tag of the INVITE's sender>`. */
  id: string;
  callId: string;
  state: DialogState;
  /** `uas`: the peer called; `uac`: an application did. */
  role: 'uas' | 'uac';
  /** Our tag; null until one is chosen. */
  tag: string | null;
  /** URI of the other side. */
  peer: string;
  /** When its INVITE came or went, ISO 8601. */
  since: string;
  /** The application that it belongs to; null when that is gone. */
  owner: { id: string; tags: readonly string[] } | null;
}

export interface DialogPage {
  dialogs: DialogRow[];
  /** Asks for what follows this page, now or later; the same as before when there was nothing. */
  next: string | null;
  /** True when something follows already. */
  more: boolean;
}

/** A place in the order of all dialogs: by start, then by id. Neither ever changes, so that no dialog is skipped or told twice. */
interface Place {
  startedAt: number;
  id: string;
}

/** A cursor that this server never gave. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
}

/**
 * The dialogs behind a cursor, oldest first.
 * @param isConnected whether an application is there
 * @throws InvalidCursor
 */
export function dialogPage(
  dialogs: Iterable<Dialog>,
  cursor: string | undefined,
  limit: number,
  isConnected: (connectionId: string) => boolean
): DialogPage {
  const place = cursor === undefined ? undefined : decode(cursor);
  const behind = [...dialogs].filter((dialog) => place === undefined || compare(dialog, place) > 0).sort(compare);
  const page = behind.slice(0, limit);
  const last = page.at(-1);
  return {
    dialogs: page.map((dialog) => rowOf(dialog, isConnected)),
    next: last === undefined ? (cursor ?? null) : encode(last),
    more: behind.length > page.length,
  };
}

function rowOf(dialog: Dialog, isConnected: (connectionId: string) => boolean): DialogRow {
  const { id, callId, state, role, localTag, remoteParty, startedAt, owner } = dialog;
  return {
    id,
    callId,
    state,
    role,
    tag: localTag ?? null,
    peer: parseNameAddr(remoteParty).uri,
    since: asDate(startedAt).toISOString(),
    owner:
      owner === undefined || !isConnected(owner.connectionId) ? null : { id: owner.connectionId, tags: owner.tags },
  };
}

function compare(a: Place, b: Place): number {
  return a.startedAt - b.startedAt || (a.id < b.id ? -1 : Number(a.id > b.id));
}

function encode({ startedAt, id }: Place): string {
  return Buffer.from(`${startedAt} ${id}`).toString('base64url');
}

function decode(cursor: string): Place {
  const [, startedAt, id] = /^(\d{1,16}) (.+)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (startedAt === undefined || id === undefined) throw new InvalidCursor('"since" is no cursor of this server');
  return { startedAt: Number(startedAt), id };
}
