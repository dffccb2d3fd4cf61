import type { Dialog } from '../dialog/dialog';
import { after } from '../dialog/timer';
import type { Ownership } from './ownership';

interface Notice {
  dialog: Dialog;
  payload: Buffer;
}

export interface NoticeSettings {
  /** How long a frame waits for a client, in milliseconds. */
  keepMs: number;
  /** How many frames wait; beyond, the oldest is dropped. */
  maxWaiting: number;
}

/** Frames about a dialog that nobody answers (an ACK, a BYE of the server's own): they wait while no client is connected. */
export class Notices {
  private waiting = new Set<Notice>();

  constructor(
    private readonly ownership: Ownership,
    private readonly settings: NoticeSettings
  ) {}

  send(dialog: Dialog, payload: Buffer): void {
    const connection = this.ownership.connectionFor(dialog);
    if (connection !== undefined) {
      connection.send(payload);
      return;
    }
    const notice = { dialog, payload };
    this.waiting.add(notice);
    after(this.settings.keepMs, () => this.waiting.delete(notice));
    const [oldest] = this.waiting;
    if (oldest !== undefined && this.waiting.size > this.settings.maxWaiting) this.waiting.delete(oldest);
  }

  sendWaiting(): void {
    for (const notice of this.waiting) {
      const connection = this.ownership.connectionFor(notice.dialog);
      if (connection === undefined) return;
      this.waiting.delete(notice);
      connection.send(notice.payload);
    }
  }
}
