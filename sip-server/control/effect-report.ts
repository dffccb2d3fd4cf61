import { asDate } from '../clock';
import type { EffectLook } from '../effects/ledger';
import { PastRequest } from '../effects/past-request';

/** What became of an effect. */
export interface EffectReport {
  id: string;
  /** `sending`: no byte is out yet; `sent`: nothing final came back; `answered`; `over`: and its dialog or transaction has ended. */
  state: 'sending' | 'sent' | 'answered' | 'over';
  /** When an application first asked for it, ISO 8601. */
  since: string;
  /** Null while it is being sent, like the rest. */
  transactionId: string | null;
  /** Null outside of dialogs. */
  dialogId: string | null;
  /** Status codes of the responses so far, in their order. */
  responses: readonly number[];
}

export function effectReport(id: string, { sent, startedAt, endedAt }: EffectLook): EffectReport {
  const since = asDate(startedAt).toISOString();
  if (sent === undefined) return { id, state: 'sending', since, transactionId: null, dialogId: null, responses: [] };
  const dialogId = (sent instanceof PastRequest ? sent.dialogId : sent.dialog?.id) ?? '';
  return {
    id,
    state: endedAt !== undefined ? 'over' : sent.isFinal ? 'answered' : 'sent',
    since,
    transactionId: sent.id,
    dialogId: dialogId === '' ? null : dialogId,
    responses: sent instanceof PastRequest ? sent.statuses : sent.responses.map(({ response }) => response.status),
  };
}
