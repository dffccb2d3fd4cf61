import { randomUUID } from 'node:crypto';
import type { Dialog } from '../dialog/dialog';
import type { Dialogs } from '../dialog/dialogs';
import { after } from '../dialog/timer';
import type { Journal } from '../store/journal';
import type { Store, Table } from '../store/store';
import type { Ownership } from './ownership';

interface Notice {
  id: string;
  dialog: Dialog;
  payload: Buffer;
  save(): void;
}

interface NoticeRow {
  id: string;
  dialogId: string;
  /** One character a byte. */
  payload: string;
}

export interface NoticeSettings {
  /** How long a frame waits for a client, in milliseconds. */
  keepMs: number;
  /** How many frames wait; beyond, the oldest is dropped. */
  maxWaiting: number;
  store: Store;
  journal: Journal;
}

/** Frames about a dialog that nobody answers (an ACK, a BYE of the server's own): they wait while no client is connected. */
export class Notices {
  private readonly waiting = new Set<Notice>();
  private readonly table: Table<NoticeRow>;

  constructor(
    private readonly ownership: Ownership,
    private readonly settings: NoticeSettings
  ) {
    this.table = settings.store.table('notices');
  }

  send(dialog: Dialog, payload: Buffer): void {
    const connection = this.ownership.connectionFor(dialog);
    if (connection === undefined) this.keep(randomUUID(), dialog, payload);
    else connection.send(payload);
  }

  sendWaiting(): void {
    for (const notice of this.waiting) {
      const connection = this.ownership.connectionFor(notice.dialog);
      if (connection === undefined) return;
      this.drop(notice);
      connection.send(notice.payload);
    }
  }

  /** Takes over what an earlier process could not tell. */
  restore(dialogs: Dialogs): void {
    for (const { id, dialogId, payload } of [...this.table.rows()]) {
      const dialog = dialogs.get(dialogId);
      if (dialog !== undefined) this.keep(id, dialog, Buffer.from(payload, 'latin1'));
    }
  }

  private keep(id: string, dialog: Dialog, payload: Buffer): void {
    const notice: Notice = { id, dialog, payload, save: () => this.save(notice) };
    this.waiting.add(notice);
    dialog.undelivered += 1;
    this.settings.journal.note(notice);
    after(this.settings.keepMs, () => this.drop(notice));
    const [oldest] = this.waiting;
    if (oldest !== undefined && this.waiting.size > this.settings.maxWaiting) this.drop(oldest);
  }

  private drop(notice: Notice): void {
    if (!this.waiting.delete(notice)) return;
    notice.dialog.undelivered -= 1;
    this.settings.journal.note(notice);
  }

  private save(notice: Notice): void {
    const { id, dialog, payload } = notice;
    if (!this.waiting.has(notice)) this.table.remove(id);
    else this.table.put(id, { id, dialogId: dialog.id, payload: payload.toString('latin1') });
  }
}
