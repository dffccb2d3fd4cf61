import type { ReceivedMessage, SipPeer } from '../../support/sip-peer';
import { StrictPhone } from '../../support/strict-phone';
import type { Held } from './messages';

const MEDIA_PORT = 31000;

/** A call of the bot, which leaves unanswered what it is told to until it is released. */
export class BotCall {
  readonly #phone: StrictPhone;
  readonly #held = new Set<Held>();
  #later: (() => void)[] = [];

  constructor(
    peer: SipPeer,
    readonly invite: ReceivedMessage
  ) {
    this.#phone = new StrictPhone(peer, MEDIA_PORT);
  }

  pickUp(tag: string): void {
    this.#phone.pickUp(this.invite, tag);
  }

  hold(what: Held): void {
    this.#held.add(what);
    if (what === 're-INVITE') this.#later.push(this.#phone.holdBack().now);
  }

  release(): void {
    this.#held.clear();
    for (const act of this.#later.splice(0)) act();
  }

  /** Does it, when that is not held. */
  answer(what: Held, act: () => void): void {
    if (this.#held.has(what)) this.#later.push(act);
    else act();
  }
}
