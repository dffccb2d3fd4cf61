import type { PeerDialog } from './sip-peer-dialog';
import type { ReceivedMessage, SipPeer } from './sip-peer';
import { header, tagIn } from './sip-peer';

/**
 * A phone in one call at a raw SIP peer. It answers every re-INVITE. It holds offers to RFC 3264 section 8: the session id stays, the version rises
 * when anything has changed; an offer against that is refused with 488 and stands in `faults`.
 *
 *   const phone = new StrictPhone(peer, 41000);
 *   const dialog = phone.pickUp(await peer.expect('INVITE'));
 *   phone.refuse(491, 491);            // the next re-INVITEs
 *   phone.move(41002, 18);             // its next descriptions have another port and payload type
 *   phone.hears                        // what it was told last: port, payload type and direction
 */
export class StrictPhone {
  readonly faults: string[] = [];
  /** Every description that it was given, in order. */
  readonly given: string[] = [];
  readonly #refusals: number[] = [];
  #version = 1;
  #callId: string | undefined;
  #heldBack: ((invite: ReceivedMessage) => void) | undefined;
  #mine: string;

  constructor(
    readonly peer: SipPeer,
    private port: number,
    private payloadType = 8
  ) {
    this.#mine = this.#media('sendrecv');
    peer.whenever(
      (message) => message.method === 'INVITE' && this.#isMine(message) && tagIn(header(message, 'To')) !== undefined,
      (invite) => this.#answerOffer(invite)
    );
    peer.whenever(
      (message) => message.method === 'ACK' && this.#isMine(message) && message.body !== '',
      ({ body }) => {
        this.#take(body);
      }
    );
  }

  get sdp(): string {
    return [
      'v=0',
      `o=phone 77 ${this.#version} IN IP4 127.0.0.1`,
      's=-',
      'c=IN IP4 127.0.0.1',
      't=0 0',
      this.#mine,
      '',
    ].join('\r\n');
  }

  get hears(): { port: number; payloadType: number; direction: string } {
    const last = this.given.at(-1) ?? '';
    const [, port, payloadType] = /^m=audio (\d+) RTP\/AVP (\d+)/m.exec(last) ?? [];
    const direction = /^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(last)?.[1] ?? 'sendrecv';
    return { port: Number(port), payloadType: Number(payloadType), direction };
  }

  /** Answers a first INVITE; one without an offer gets ours. @param tag that of its 180, where it sent one */
  pickUp(invite: ReceivedMessage, tag?: string): PeerDialog {
    this.#callId = header(invite, 'Call-ID');
    if (invite.body !== '') this.#take(invite.body);
    return this.peer.accept(invite, { body: this.sdp, ...(tag === undefined ? {} : { tag }) });
  }

  /** The 200 of an INVITE that this phone sent. */
  hear(answer: ReceivedMessage): void {
    this.#callId = header(answer, 'Call-ID');
    this.#take(answer.body);
  }

  /** Statuses for the next re-INVITEs. */
  refuse(...statuses: number[]): void {
    this.#refusals.push(...statuses);
  }

  move(port: number, payloadType: number): void {
    this.port = port;
    this.payloadType = payloadType;
  }

  /** A description of its own for a re-INVITE that the phone sends. */
  describeAnew(direction: 'sendrecv' | 'sendonly'): string {
    this.#mine = this.#media(direction);
    this.#version++;
    return this.sdp;
  }

  #isMine(message: ReceivedMessage): boolean {
    return this.#callId !== undefined && header(message, 'Call-ID') === this.#callId;
  }

  /** The next re-INVITE is answered only when told so, however often it comes; `asked` resolves with it. */
  holdBack(): { asked: Promise<ReceivedMessage>; now: () => void } {
    let waiting: ReceivedMessage | undefined;
    const asked = new Promise<ReceivedMessage>((resolve) => {
      this.#heldBack = (invite) => {
        waiting = invite;
        resolve(invite);
      };
    });
    const now = (): void => {
      this.#heldBack = undefined;
      if (waiting) this.#answerOffer(waiting);
    };
    return { asked, now };
  }

  #answerOffer(invite: ReceivedMessage): void {
    if (this.#heldBack) {
      this.#heldBack(invite);
      return;
    }
    const status = this.#refusals.shift() ?? (this.#take(invite.body) ? 200 : 488);
    if (status !== 200) {
      this.peer.respond(invite, status);
      return;
    }
    const next = this.#media(ANSWERS[this.hears.direction] ?? 'sendrecv');
    if (next !== this.#mine) this.#version++;
    this.#mine = next;
    this.peer.respond(invite, 200, { body: this.sdp, headers: [['Contact', this.peer.contact]] });
  }

  #take(description: string): boolean {
    const last = this.given.at(-1);
    const fault = last === undefined ? undefined : changeFault(last, description);
    if (fault === undefined) this.given.push(description);
    else this.faults.push(fault);
    return fault === undefined;
  }

  #media(direction: string): string {
    return `m=audio ${this.port} RTP/AVP ${this.payloadType}\r\na=${direction}`;
  }
}

/** RFC 3264 section 6.1. */
const ANSWERS: Record<string, string> = { inactive: 'inactive', sendonly: 'recvonly', recvonly: 'sendonly' };

function changeFault(last: string, next: string): string | undefined {
  const [before, after] = [originOf(last), originOf(next)];
  if (before.sessionId !== after.sessionId || before.user !== after.user)
    return `another session: ${before.line} → ${after.line}`;
  if (after.version === before.version) return last === next ? undefined : `changed under version ${after.line}`;
  return after.version === before.version + 1 ? undefined : `version jumps: ${before.line} → ${after.line}`;
}

function originOf(sdp: string): { line: string; user: string; sessionId: string; version: number } {
  const [line = '', user = '', sessionId = '', version = ''] = /^o=(\S+) (\d+) (\d+) .*$/m.exec(sdp) ?? [];
  return { line, user, sessionId, version: Number(version) };
}
