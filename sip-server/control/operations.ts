import type { Dialog } from '../dialog/dialog';
import type { Dialogs } from '../dialog/dialogs';
import type { Clients } from '../drachtio/clients';
import type { EffectLedger } from '../effects/ledger';
import { dialogPage } from './dialog-page';
import type { DialogPage } from './dialog-page';
import type { Drain, DrainState } from './drain';
import { effectReport } from './effect-report';
import type { EffectReport } from './effect-report';

export interface OperationsContext {
  dialogs: Dialogs;
  clients: Clients;
  ledger: EffectLedger;
  drain: Drain;
  /** Ends a dialog in whatever state it is: BYE, CANCEL, or a refusal. */
  endDialog(dialog: Dialog, reason: string): void;
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
  constructor(private readonly context: OperationsContext) {}

  get drain(): Drain {
    return this.context.drain;
  }

  /** @throws InvalidCursor */
  dialogs(cursor: string | undefined, limit: number): DialogPage {
    const { dialogs, clients } = this.context;
    return dialogPage(dialogs.all(), cursor, limit, (id) => clients.get(id) !== undefined);
  }

  /** @returns the state that the dialog was in; undefined when there is none */
  endDialog(id: string): Dialog['state'] | undefined {
    const dialog = this.context.dialogs.get(id);
    const state = dialog?.state;
    if (dialog !== undefined && state !== 'ended') this.context.endDialog(dialog, 'ended by an operator');
    return state;
  }

  effect(id: string): EffectReport | undefined {
    const record = this.context.ledger.look(id);
    return record && effectReport(id, record);
  }

  /** New calls should come here when it is `ok`; calls that are up go on in any case. */
  health(): Health {
    const reasons = [];
    if (this.context.drain.isDraining) reasons.push('draining');
    if (!this.context.clients.wantedMethods().has('INVITE')) reasons.push('no application takes calls');
    const applications = this.context.clients.all().length;
    return { status: reasons.length === 0 ? 'ok' : 'unavailable', reasons, applications, ...this.context.drain.state };
  }
}
