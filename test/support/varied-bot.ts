import { eventually } from './eventually';
import { header, sdp, tagIn } from './sip-peer';
import type { ReceivedMessage, SipPeer } from './sip-peer';
import type { PeerDialog } from './sip-peer-dialog';

const CANCELS = 'sip:cancels';

/** How the URI of a caller begins who gives up while the bot rings. */
export const cancelling = (n: number): string => `${CANCELS}${n}@`;

/** Answers calls, but for those of callers who give up, and counts how often each comes. */
export class VariedBot {
  readonly #dialogs = new Map<string, PeerDialog>();
  readonly #ringing = new Map<string, ReceivedMessage>();
  readonly #firstInvites = new Map<string, number>();

  constructor(private readonly peer: SipPeer) {
    peer.whenever('INVITE', (invite) => this.#onInvite(invite));
    peer.whenever('CANCEL', (cancel) => {
      peer.respond(cancel, 200);
      const invite = this.#ringing.get(header(cancel, 'Call-ID') ?? '');
      if (invite) peer.respond(invite, 487, { tag: 'ringing' });
    });
    peer.whenever('BYE', (bye) => peer.respond(bye, 200));
  }

  dialogOf(callId: string): PeerDialog | undefined {
    return this.#dialogs.get(callId);
  }

  /** How many INVITEs began this call. */
  invitesOf(callId: string): number {
    return this.#firstInvites.get(callId) ?? 0;
  }

  /** @returns the call of this caller, once it rings */
  async rings(caller: string, withinMs: number): Promise<string> {
    const find = (): ReceivedMessage | undefined =>
      [...this.#ringing.values()].find((invite) => header(invite, 'From')?.includes(caller));
    await eventually(() => find() !== undefined, `${caller} rings at the bot`, withinMs);
    return header(find()!, 'X-Call-ID') ?? '';
  }

  #onInvite(invite: ReceivedMessage): void {
    if (isReinvite(invite)) {
      answerReinvite(this.peer, invite);
      return;
    }
    const callId = header(invite, 'X-Call-ID') ?? '';
    this.#firstInvites.set(callId, this.invitesOf(callId) + 1);
    if ((header(invite, 'From') ?? '').includes(CANCELS)) {
      this.peer.respond(invite, 180, { tag: 'ringing' });
      this.#ringing.set(header(invite, 'Call-ID') ?? '', invite);
    } else this.#dialogs.set(callId, this.peer.accept(invite, { body: sdp(1, 31000) }));
  }
}

export function isReinvite(message: ReceivedMessage): boolean {
  return message.method === 'INVITE' && tagIn(header(message, 'To')) !== undefined;
}

export function answerReinvite(peer: SipPeer, invite: ReceivedMessage): void {
  peer.respond(invite, 200, { body: sdp(1, 20_000 + (peer.port % 1000)), headers: [['Contact', peer.contact]] });
}
