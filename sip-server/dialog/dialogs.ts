import { now } from '../clock';
import type { SipRequest } from '../message/message';
import { parseNameAddr } from '../message/name-addr';
import type { Journal } from '../store/journal';
import type { Store, Table } from '../store/store';
import type { WaysBack } from '../transport/ways-back';
import type { Dialog } from './dialog';
import { DialogRecord } from './dialog-record';
import type { RecordWork } from './dialog-record';
import { dialogOfRow, rowOfDialog } from './dialog-row';
import type { DialogRow } from './dialog-row';
import { isInDialog } from './matching';
import { dueOf } from './session-timer';

export interface DialogsSettings {
  /** How long an ended dialog still takes a late NOTIFY. Default 35000 in the server's settings. */
  keepEndedMs: number;
  store: Store;
  journal: Journal;
  ways: WaysBack;
  /** A dialog was ended or removed. */
  onGone(dialog: Dialog): void;
  /** Something of a dialog's session is due. */
  onDue(dialog: Dialog): void;
}

/** All dialogs by dialog id. Tags compare without case (RFC 3261 section 7.3.1), the Call-ID with it. */
export class Dialogs {
  private readonly records = new Map<string, DialogRecord>();
  private readonly table: Table<DialogRow>;
  private readonly work: RecordWork;

  constructor(private readonly settings: DialogsSettings) {
    const { store, ways } = settings;
    const table = store.table<DialogRow>('dialogs');
    this.table = table;
    this.work = {
      write: (key, dialog) => table.put(key, rowOfDialog(dialog, store.run)),
      read: (key) => {
        const row = table.get(key);
        return row && dialogOfRow(row, ways, store.run);
      },
      wake: (key) => this.wake(key),
    };
  }

  /** Ended ones that are still kept count. */
  get size(): number {
    return this.records.size;
  }

  /** What `get` takes, of each. */
  keys(): Iterable<string> {
    return this.records.keys();
  }

  /** Reads those that are idle from the store, one by one. */
  *all(): Iterable<Dialog> {
    for (const { dialog } of this.records.values()) if (dialog !== undefined) yield dialog;
  }

  get(id: string): Dialog | undefined {
    return this.records.get(keyOf(id))?.dialog;
  }

  /** Adds a dialog in the place of an ended one with the same id. */
  add(dialog: Dialog): void {
    const key = keyOf(dialog.id);
    this.records.get(key)?.wakeAt(undefined);
    const record = new DialogRecord(key, this.work);
    this.records.set(key, record);
    record.hold(dialog);
    this.settings.journal.note(record);
  }

  /** Something in the dialog changed: it is committed before the next bytes leave. */
  note(dialog: Dialog): void {
    const record = this.records.get(keyOf(dialog.id));
    // The rejected attempt of a call may linger while its successor has the same id.
    if (record?.dialog !== dialog) return;
    record.hold(dialog);
    this.settings.journal.note(record);
  }

  /** The dialog of a request with a To tag (RFC 3261 section 12.2.2). */
  match(request: SipRequest): Dialog | undefined {
    const callId = request.headers.get('Call-ID') ?? '';
    for (const header of ['From', 'To']) {
      const tag = parseNameAddr(request.headers.get(header) ?? '').params.get('tag') ?? '';
      const dialog = this.get(`${callId};from-tag=${tag}`);
      if (dialog !== undefined && isInDialog(dialog, request)) return dialog;
    }
    return undefined;
  }

  /** Marks a dialog ended and forgets it later. */
  end(dialog: Dialog): void {
    if (dialog.state === 'ended') return;
    this.finish(dialog);
    const unacknowledged = [...dialog.accepted.values()];
    dialog.accepted.clear();
    for (const accepted of unacknowledged) accepted.stop();
    this.settings.onGone(dialog);
    dialog.forgetAt = now() + this.settings.keepEndedMs;
    this.note(dialog);
  }

  /** Removes a dialog whose INVITE failed. Another one with the same id, such as that of a retry with credentials, stays. */
  remove(dialog: Dialog): void {
    this.finish(dialog);
    this.settings.onGone(dialog);
    this.forget(dialog);
  }

  /** Takes over what an earlier process left. @returns the dialogs whose INVITE has no final response yet */
  restore(): Dialog[] {
    const early: Dialog[] = [];
    for (const row of this.table.rows()) {
      const key = keyOf(row.id);
      const record = new DialogRecord(key, this.work);
      this.records.set(key, record);
      if (row.state !== 'early') record.wakeAt(row.state === 'ended' ? this.forgetAt(row) : dueOf(row.session));
      else if (record.dialog !== undefined) early.push(record.dialog);
    }
    for (const dialog of early) this.note(dialog);
    return early;
  }

  /** Stops waiting for what is due. */
  close(): void {
    for (const record of this.records.values()) record.wakeAt(undefined);
  }

  private wake(key: string): void {
    const dialog = this.records.get(key)?.dialog;
    if (dialog?.state !== 'ended') {
      if (dialog !== undefined) this.settings.onDue(dialog);
    } else if (dialog.undelivered === 0) this.forget(dialog);
    else {
      // A client still has to hear of its end.
      dialog.forgetAt = now() + this.settings.keepEndedMs;
      this.note(dialog);
    }
  }

  /** A machine that started with another time may have left one that is too far away. */
  private forgetAt({ forgetAt = 0 }: DialogRow): number {
    return Math.min(forgetAt, now() + this.settings.keepEndedMs);
  }

  private finish(dialog: Dialog): void {
    dialog.state = 'ended';
    dialog.session.stop();
    dialog.session.endRefresh();
    dialog.reliable?.stop();
  }

  private forget(dialog: Dialog): void {
    const key = keyOf(dialog.id);
    const record = this.records.get(key);
    if (record?.dialog !== dialog) return;
    record.wakeAt(undefined);
    this.records.delete(key);
    this.settings.journal.note({ save: () => this.records.has(key) || this.table.remove(key) });
  }
}

/** A dialog id in the form that is the same however its tag is written. */
export function keyOf(id: string): string {
  const separator = id.lastIndexOf(';from-tag=');
  return separator < 0 ? id : id.slice(0, separator) + id.slice(separator).toLowerCase();
}
