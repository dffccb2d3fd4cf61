import type { Dialog } from '../dialog/dialog';
import type { Dialogs } from '../dialog/dialogs';
import type { UserAgentClient } from '../dialog/user-agent-client';
import type { UserAgentServer } from '../dialog/user-agent-server';
import type { Clients } from '../drachtio/clients';
import type { EffectLedger } from '../effects/ledger';
import type { Store } from '../store/store';
import { dialogPage } from './dialog-page';
import type { DialogPage } from './dialog-page';
import { Drain } from './drain';
import type { DrainState } from './drain';
import { effectReport } from './effect-report';
import type { EffectReport } from './effect-report';

export interface OperationsContext {
  dialogs: Dialogs;
  clients: Clients;
  ledger: EffectLedger;
  store: Store;
  userAgentClient: UserAgentClient;
  userAgentServer: UserAgentServer;
}

export interface Health extends DrainState {
  status: 'ok' | 'unavailable';
  /** Why new calls should go elsewhere. */
  reasons: string[];
  /** Applications that are connected. */
  applications: number;
}

/** What operators may look at and steer. */
export class Operations {
  readonly drain: Drain;

  constructor(private readonly context: OperationsContext) {
    this.drain = new Drain(() => context.dialogs.size);
  }

  /** True while no new calls are taken: the server is being emptied, or could not keep them. */
  get refusesCalls(): boolean {
    return this.drain.isDraining || this.storeFault !== undefined;
  }

  /** Why nothing more can be kept on the disk; undefined while it can. */
  get storeFault(): string | undefined {
    return this.context.store.fault;
  }

  /** @throws InvalidCursor */
  dialogs(cursor: string | undefined, limit: number): DialogPage {
    const { dialogs, clients } = this.context;
    return dialogPage(dialogs.all(), cursor, limit, (id) => clients.get(id) !== undefined);
  }

  /**
   * @param reason in words, for the Reason header of a BYE or CANCEL
   * @returns the state that the dialog was in; undefined when there is none
   */
  endDialog(id: string, reason: string): Dialog['state'] | undefined {
    const dialog = this.context.dialogs.get(id);
    const state = dialog?.state;
    if (dialog !== undefined) this.end(dialog, reason);
    return state;
  }

  effect(id: string): EffectReport | undefined {
    const record = this.context.ledger.look(id);
    return record && effectReport(id, record);
  }

  /** New calls should come here when it is `ok`; calls that are up go on in any case. */
  health(): Health {
    const reasons = [];
    if (this.drain.isDraining) reasons.push('draining');
    if (this.storeFault !== undefined) reasons.push(`the store takes nothing: ${this.storeFault}`);
    if (!this.context.clients.wantedMethods().has('INVITE')) reasons.push('no application takes calls');
    const applications = this.context.clients.all().length;
    return { status: reasons.length === 0 ? 'ok' : 'unavailable', reasons, applications, ...this.drain.state };
  }

  /** Ends a dialog in whatever state it is: BYE, a refusal to the caller, or CANCEL. */
  private end(dialog: Dialog, reason: string): void {
    const { userAgentClient, userAgentServer } = this.context;
    if (dialog.state === 'confirmed') userAgentClient.endByServer(dialog, reason);
    else if (dialog.state === 'ended') return;
    else if (dialog.role === 'uas') userAgentServer.refuseInvite(dialog, 480);
    else if (dialog.latestInvite !== undefined) userAgentClient.abandon(dialog.latestInvite.sent, reason);
  }
}
