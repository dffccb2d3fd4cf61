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

/**
 * A request whose dialog or transaction is over: what a repetition of it is told, and nothing else. Messages are kept as text, because a
 * small Buffer keeps the whole block alive that it was cut from.
 */
export class PastRequest {
  /** The transaction id that clients see. */
  readonly id: string;
  /** Empty outside of dialogs. */
  readonly dialogId: string;
  /** Status codes of all responses. */
  readonly statuses: number[];
  /** Only a request that has its final response is kept so. */
  readonly isFinal = true;
  private readonly request: PastMessage;
  private readonly answers: PastMessage[];

  constructor({ id, dialog, request, trail, responses }: SentRequest) {
    this.id = id;
    this.dialogId = dialog?.id ?? '';
    this.request = { text: textOf(request), trail };
    this.statuses = responses.map(({ response }) => response.status);
    this.answers = responses.map((received) => ({
      text: textOf(withOneChallenge(received.response)),
      trail: received.trail,
    }));
  }

  /** The request as sent. */
  get sent(): { sip: Buffer; trail: Trail } {
    return restored(this.request);
  }

  /** All responses, as clients got them. */
  get responses(): { sip: Buffer; trail: Trail }[] {
    return this.answers.map(restored);
  }
}

function textOf(message: SipMessage): string {
  return serialize(withReason(message)).toString('latin1');
}

function restored({ text, trail }: PastMessage): { sip: Buffer; trail: Trail } {
  return { sip: Buffer.from(text, 'latin1'), trail };
}
