import type { SentRequest, Trail } from '../dialog/sent-request';
import { withOneChallenge } from '../message/challenges';
import type { SipMessage } from '../message/message';
import { withReason } from '../message/respond';
import { serialize } from '../message/serialize';

interface PastMessage {
  /** One character a byte. */
  readonly text: string;
  readonly trail: Trail;
}

/** What is kept of an effect that has its final response. */
export interface EffectRow {
  effectId: string;
  /** The transaction id that clients see. */
  id: string;
  /** Empty outside of dialogs. */
  dialogId: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** When its dialog, or its transaction outside of dialogs, ended. */
  endedAt?: number | undefined;
  sent: PastMessage;
  answers: PastMessage[];
  statuses: number[];
}

/** A request that has its final response: what a repetition of it is told, and nothing else. */
export class PastRequest {
  /** Only a request that has its final response is kept so. */
  readonly isFinal = true;

  constructor(private readonly row: EffectRow) {}

  /** The transaction id that clients see. */
  get id(): string {
    return this.row.id;
  }

  /** Empty outside of dialogs. */
  get dialogId(): string {
    return this.row.dialogId;
  }

  /** Status codes of all responses. */
  get statuses(): readonly number[] {
    return this.row.statuses;
  }

  /** The request as sent. */
  get sent(): { sip: Buffer; trail: Trail } {
    return restored(this.row.sent);
  }

  /** All responses, as clients got them. */
  get responses(): { sip: Buffer; trail: Trail }[] {
    return this.row.answers.map(restored);
  }
}

export function rowOfEffect(
  effectId: string,
  { id, dialog, request, trail, responses, sentAt }: SentRequest
): EffectRow {
  return {
    ...{ effectId, id, dialogId: dialog?.id ?? '', startedAt: sentAt },
    sent: { text: textOf(request), trail },
    answers: responses.map(({ response, trail: from }) => ({ text: textOf(withOneChallenge(response)), trail: from })),
    statuses: responses.map(({ response }) => response.status),
  };
}

function textOf(message: SipMessage): string {
  return serialize(withReason(message)).toString('latin1');
}

function restored({ text, trail }: PastMessage): { sip: Buffer; trail: Trail } {
  return { sip: Buffer.from(text, 'latin1'), trail };
}
