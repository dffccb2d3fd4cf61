import { rowOfRequest, rowOfResponse } from '../message/message-row';
import type { RequestRow, ResponseRow } from '../message/message-row';
import type { Journal, Stored } from '../store/journal';
import type { Store, Table } from '../store/store';
import type { ClientStage, ClientTransaction } from '../transaction/types';
import type { Target } from '../transport/types';
import type { Owner } from './dialog';
import type { SentRequest, Trail } from './sent-request';

/** What is kept of a request of ours until nothing more can come back for it. */
export interface SentRequestRow {
  /** Transaction id. */
  id: string;
  effectId?: string | undefined;
  dialogId?: string | undefined;
  request: RequestRow;
  trail: Trail;
  target: Target;
  /** Milliseconds since the epoch. */
  sentAt: number;
  stage: ClientStage;
  responses: { response: ResponseRow; trail: Trail }[];
  isCancelled: boolean;
  isAbandoned: boolean;
  isRefresh: boolean;
  owner?: Owner | undefined;
  invite?: { cseq: number; isAcknowledged: boolean; endsAfterAck?: string | undefined } | undefined;
}

/** The rows of our requests: they are there before the bytes leave. */
export class KeptRequests {
  private readonly table: Table<SentRequestRow>;
  private readonly stored = new WeakMap<SentRequest, Stored>();

  constructor(
    store: Store,
    private readonly journal: Journal,
    /** Nothing more can come back for a request; runs inside of a commit. */
    private readonly onSettled: (sent: SentRequest) => void
  ) {
    this.table = store.table('requests');
  }

  /** What an earlier process left. */
  rows(): SentRequestRow[] {
    return [...this.table.rows()];
  }

  /** Something about the request changed. */
  note(sent: SentRequest): void {
    const stored = this.stored.get(sent) ?? { save: () => this.save(sent) };
    this.stored.set(sent, stored);
    this.journal.note(stored);
  }

  /** Forgets a row that leads nowhere. */
  drop(id: string): void {
    this.journal.note({ save: () => this.table.remove(id) });
  }

  private save(sent: SentRequest): void {
    const { transaction } = sent;
    const isAccepted = sent.invite?.state === 'accepted' && transaction?.isOver === false;
    if (sent.isFinal && !isAccepted) {
      this.table.remove(sent.id);
      this.onSettled(sent);
    } else if (transaction !== undefined) this.table.put(sent.id, rowOf(sent, transaction, stageOf(sent)));
  }
}

function stageOf({ isFinal, transaction }: SentRequest): ClientStage {
  if (isFinal) return 'accepted';
  return transaction?.isProceeding === true ? 'proceeding' : 'unanswered';
}

/** The request as it last went out, when that was to another target than at first. */
function rowOf(sent: SentRequest, { request, target }: ClientTransaction, stage: ClientStage): SentRequestRow {
  const { id, effectId, dialog, trail, sentAt, isCancelled, isAbandoned, isRefresh, owner, invite } = sent;
  return {
    ...{ id, effectId, dialogId: dialog?.id, trail, target, sentAt, stage, isCancelled, isAbandoned, isRefresh, owner },
    request: rowOfRequest(request),
    responses: sent.responses.map((received) => ({ ...received, response: rowOfResponse(received.response) })),
    invite: invite && {
      cseq: invite.cseq,
      isAcknowledged: invite.ack !== undefined,
      endsAfterAck: invite.endsAfterAck,
    },
  };
}
