import type { Dialog } from '../dialog/dialog';
import type { Clients } from './clients';
import type { ClientConnection } from './connection';

/** Which client a dialog belongs to. Dialogs outlive their client: another one takes them over. */
export class Ownership {
  constructor(
    private readonly clients: Clients,
    /** A dialog has another owner. */
    private readonly onGiven: (dialog: Dialog) => void
  ) {}

  /** The owner; when it is gone or hangs, a client with the same tags, else any, which becomes the owner. */
  connectionFor(dialog: Dialog): ClientConnection | undefined {
    const owner = this.clients.live(dialog.owner?.connectionId);
    if (owner !== undefined) return owner;
    const heir = this.clients.nextLike(dialog.owner?.tags ?? []);
    if (heir !== undefined) this.give(dialog, heir);
    return heir;
  }

  give(dialog: Dialog, connection: ClientConnection): void {
    dialog.owner = connection.owner;
    this.onGiven(dialog);
  }

  /** A client that acts on a dialog owns it from then on when the former owner is gone or hangs. */
  claimIfOrphaned(dialog: Dialog, connection: ClientConnection): void {
    if (this.clients.live(dialog.owner?.connectionId) === undefined) this.give(dialog, connection);
  }
}
