import type { SipRequest } from '../message/message';
import { parseNameAddr } from '../message/name-addr';
import type { Dialog } from './dialog';
import { isInDialog } from './matching';
import { after } from './timer';

export interface DialogsSettings {
  /** How long an ended dialog still takes a late NOTIFY. Default 35000 in the server's settings. */
  keepEndedMs: number;
  /** A dialog was ended or removed. */
  onGone(dialog: Dialog): void;
}

/** All dialogs by dialog id. Tags compare without case (RFC 3261 section 7.3.1), the Call-ID with it. */
export class Dialogs {
  private readonly byId = new Map<string, Dialog>();

  constructor(private readonly settings: DialogsSettings) {}

  /** Ended ones that are still kept count. */
  get size(): number {
    return this.byId.size;
  }

  all(): Iterable<Dialog> {
    return this.byId.values();
  }

  get(id: string): Dialog | undefined {
    return this.byId.get(keyOf(id));
  }

  /** Adds a dialog in the place of an ended one with the same id. */
  add(dialog: Dialog): void {
    this.byId.set(keyOf(dialog.id), dialog);
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
    this.close(dialog);
    for (const accepted of dialog.accepted.values()) accepted.stop();
    dialog.accepted.clear();
    this.settings.onGone(dialog);
    after(this.settings.keepEndedMs, () => this.forget(dialog));
  }

  /** Removes a dialog whose INVITE failed. Another one with the same id, such as that of a retry with credentials, stays. */
  remove(dialog: Dialog): void {
    this.close(dialog);
    this.settings.onGone(dialog);
    this.forget(dialog);
  }

  private close(dialog: Dialog): void {
    dialog.state = 'ended';
    dialog.session.stop();
    dialog.session.endRefresh();
  }

  private forget(dialog: Dialog): void {
    if (this.get(dialog.id) === dialog) this.byId.delete(keyOf(dialog.id));
  }
}

function keyOf(id: string): string {
  const separator = id.lastIndexOf(';from-tag=');
  return separator < 0 ? id : id.slice(0, separator) + id.slice(separator).toLowerCase();
}
