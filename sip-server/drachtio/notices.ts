import type { Dialog } from '../dialog/dialog';
import { after } from '../dialog/timer';
import type { Ownership } from './ownership';

interface Notice {
  dialog: Dialog;
  payload: Buffer;
}

/** Frames about a dialog that nobody answers (an ACK, a BYE of the server's own): they wait while no client is connected. */
export class Notices {
  private waiting = new Set<Notice>();

  constructor(
    private readonly ownership: Ownership,
    private readonly keepMs: number
  ) {}

  send(dialog: Dialog, payload: Buffer): void {
    const connection = this.ownership.connectionFor(dialog);
    if (connection !== undefined) {
      connection.send(payload);
      return;
    }
    const notice = { dialog, payload };
    this.waiting.add(notice);
    after(this.keepMs, () => this.waiting.delete(notice));
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
