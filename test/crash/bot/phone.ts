import type { PeerMessage } from '../../support/sip-peer-message';
import type { ReceivedMessage } from '../../support/sip-peer';
import { header, SipPeer, tagIn, uriIn } from '../../support/sip-peer';
import { Endpoint } from '../peers/endpoint';
import { BotCall } from './call';

/** The same in the 180 and in the 200, which are of one dialog. */
const TAG = 'bot';

/** The bot's SIP phone: it rings, is picked up when told to, and answers what comes in calls that came while it lives. */
export class BotPhone {
  /** @param uri where the engine finds it */
  static async open(uri: string): Promise<BotPhone> {
    const peer = await SipPeer.open();
    peer.shownUri = uri;
    return new BotPhone(peer);
  }

  /** By their callers. */
  readonly calls = new Map<string, BotCall>();
  readonly #end: Endpoint;

  private constructor(private readonly peer: SipPeer) {
    this.#end = new Endpoint(peer);
    peer.whenever(
      (message) => isRequest(message) && !isFirstInvite(message) && !this.callOf(message),
      (request) => peer.respond(request, 481)
    );
    peer.whenever('INFO', (info) => this.#end.answer(info, 200));
    peer.whenever('BYE', (bye) => this.callOf(bye)?.answer('BYE', () => this.#end.answer(bye, 200)));
    peer.whenever(isFirstInvite, (invite) => this.#ring(invite));
  }

  get port(): number {
    return this.peer.port;
  }

  pickUp({ invite }: BotCall): void {
    const call = this.callOf(invite)!;
    call.pickUp(TAG);
    this.#end.stand(invite);
  }

  /** The call that a request of the engine belongs to. */
  callOf(message: PeerMessage): BotCall | undefined {
    const call = this.calls.get(callerOf(message));
    return call && header(call.invite, 'Call-ID') === header(message, 'Call-ID') ? call : undefined;
  }

  #ring(invite: ReceivedMessage): void {
    this.calls.set(callerOf(invite), new BotCall(this.peer, invite));
    this.#end.answer(invite, 180, { tag: TAG });
  }
}

/** The engine shows the caller's number in all that it asks in the bot's dialog. */
function callerOf(message: PeerMessage): string {
  return /^sips?:([^@]+)@/.exec(uriIn(header(message, 'From')))?.[1] ?? '';
}

function isRequest({ method }: PeerMessage): boolean {
  return method !== undefined && method !== 'ACK';
}

function isFirstInvite(message: PeerMessage): boolean {
  return message.method === 'INVITE' && tagIn(header(message, 'To')) === undefined;
}
