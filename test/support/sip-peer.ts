/**
 * A raw SIP peer for tests: one UDP socket, TCP or TLS server on 127.0.0.1, no SIP logic of its own beyond what it is told.
 *
 *   const peer = await SipPeer.open('udp');             // or 'tcp', or { protocol: 'tls', host: '::1', credentials }
 *   peer.uri('bob')                                     // sip:bob@127.0.0.1:<port>[;transport=tcp]
 *   const invite = await peer.expect('INVITE');         // next unread request of that method, or response of that status
 *   peer.respond(invite, 486);                          // to where the request came from
 *   const call = peer.accept(invite, { body: sdp });    // 200 with tag and Contact; returns the PeerDialog
 *   const dialling = peer.dial({ port }, { body: sdp }); // sends INVITE; dialling.dialog becomes usable with `confirm`
 *   peer.count('REFER'); peer.log                       // every message in and out, retransmissions included
 *   await peer.close();
 *
 * `expect` reads each message once, skips byte-for-byte retransmissions unless asked, and fails after `withinMs` (default 30 s)
 * with a list of what came. See sip-peer-dialog.ts for requests inside a dialog.
 */
import { randomBytes } from 'node:crypto';
import { WAIT_LIMIT_MS } from './limits';
import { PeerDialog } from './sip-peer-dialog';
import { formatPeerMessage, header, parsePeerMessage, tagIn, titleOf, typed } from './sip-peer-message';
import type { MessageParts, PeerMessage } from './sip-peer-message';
import { PeerSocket } from './sip-peer-socket';
import type { PeerAddress, PeerProtocol, PeerSocketOptions } from './sip-peer-socket';

export interface LogEntry {
  direction: 'in' | 'out';
  /** Milliseconds since the epoch. */
  at: number;
  message: PeerMessage;
  remote: PeerAddress;
  text: string;
}

export interface ReceivedMessage extends PeerMessage {
  /** Where it came from: responses go back there. */
  from: PeerAddress;
}

/** A method, a status, or a predicate. */
export type Wanted = string | number | ((message: ReceivedMessage) => boolean);

interface Inbox {
  message: ReceivedMessage;
  isRead: boolean;
  isRepeat: boolean;
}

export class SipPeer {
  readonly log: LogEntry[] = [];
  /** What its Contact shows in the place of its own address, as behind a NAT. */
  shownUri: string | undefined;
  private readonly inbox: Inbox[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly seen = new Set<string>();
  private autoRules: [Wanted, (message: ReceivedMessage) => void][] = [];

  private constructor(
    readonly protocol: PeerProtocol,
    private readonly socket: PeerSocket
  ) {}

  static async open(how: PeerProtocol | PeerSocketOptions = 'udp', port = 0): Promise<SipPeer> {
    const options = typeof how === 'string' ? { protocol: how, port } : how;
    const socket = new PeerSocket(options, (text, from) => peer.take(text, from));
    const peer = new SipPeer(options.protocol, socket);
    await socket.open();
    return peer;
  }

  /** Over UDP; what gets no answer is sent again, and what comes again is answered again (`PeerTransactions`). */
  static openReliable(): Promise<SipPeer> {
    return SipPeer.open({ protocol: 'udp', isReliable: true });
  }

  get port(): number {
    return this.socket.port;
  }

  /** `host:port` as in Via and Contact. */
  get sentBy(): string {
    const { host } = this.socket;
    return `${host.includes(':') ? `[${host}]` : host}:${this.port}`;
  }

  uri(user: string): string {
    return `sip:${user}@${this.sentBy}${this.protocol === 'udp' ? '' : `;transport=${this.protocol}`}`;
  }

  get contact(): string {
    return `<${this.shownUri ?? this.uri('peer')}>`;
  }

  /** The messages so far, for the text of a fault. */
  get titles(): string {
    return this.log.map(({ direction, message }) => `${direction} ${titleOf(message)}`).join(', ') || 'none';
  }

  /** A new Via of this peer. */
  via(branch = `z9hG4bK${randomBytes(8).toString('hex')}`): string {
    return `SIP/2.0/${this.protocol.toUpperCase()} ${this.sentBy};rport;branch=${branch}`;
  }

  /** Handles every unread and later message that matches at once, without `expect`. */
  whenever(wanted: Wanted, handle: (message: ReceivedMessage) => void): void {
    this.autoRules.push([wanted, handle]);
    for (const entry of this.inbox) if (!entry.isRead) this.runRules(entry);
  }

  /** The next unread message that matches, from the past or the future. */
  async expect(wanted: Wanted, { withinMs = WAIT_LIMIT_MS, repeats = false } = {}): Promise<ReceivedMessage> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const entry = this.inbox.find(
        ({ message, isRead, isRepeat }) => !isRead && (repeats || !isRepeat) && isWanted(message, wanted)
      );
      if (entry) {
        entry.isRead = true;
        return entry.message;
      }
      if (!(await this.somethingComes(deadline - Date.now()))) throw new Error(this.missing(wanted, withinMs));
    }
  }

  /** How many messages came in that match; retransmissions do not count. */
  count(wanted: Wanted): number {
    return this.inbox.filter(({ message, isRepeat }) => !isRepeat && isWanted(message, wanted)).length;
  }

  send(message: PeerMessage | string, to: PeerAddress): void {
    const text = typeof message === 'string' ? message : formatPeerMessage(message);
    this.log.push({ direction: 'out', at: Date.now(), message: parsePeerMessage(text), remote: to, text });
    this.socket.send(text, to);
  }

  /** Answers by RFC 3261 section 8.2.6. `tag` is the To tag when the request has none. */
  respond(
    request: ReceivedMessage,
    status: number,
    parts: MessageParts & { tag?: string; reason?: string } = {}
  ): void {
    this.send(this.response(request, status, parts), request.from);
  }

  response(
    request: ReceivedMessage,
    status: number,
    {
      tag = 'peer-tag',
      reason = 'Peer says',
      headers: extra = [],
      ...rest
    }: MessageParts & { tag?: string; reason?: string } = {}
  ): PeerMessage {
    const copied = request.headers.filter(([name]) =>
      ['via', 'v', 'from', 'f', 'call-id', 'i', 'cseq', 'record-route'].includes(name.toLowerCase())
    );
    const to = header(request, 'To') ?? '';
    const tagged = tagIn(to) === undefined && status > 100 ? `${to};tag=${tag}` : to;
    return { status, reason, headers: [...copied, ['To', tagged], ...extra, ...typed(rest)], body: rest.body ?? '' };
  }

  /** Answers an INVITE with 200 and gives the dialog that it makes. */
  accept(invite: ReceivedMessage, parts: MessageParts & { tag?: string } = {}): PeerDialog {
    const tag = parts.tag ?? randomBytes(4).toString('hex');
    const contact: [string, string] = ['Contact', this.contact];
    this.respond(invite, 200, { ...parts, tag, reason: 'OK', headers: [contact, ...(parts.headers ?? [])] });
    return PeerDialog.ofIncoming(this, invite, tag);
  }

  /** Sends an INVITE; the dialog is completed by `confirm` with the 2xx. */
  dial(server: PeerAddress, parts: MessageParts & { to?: string; from?: string } = {}): PeerDialog {
    return PeerDialog.dial(this, server, parts);
  }

  /** A request outside of any dialog. Of header fields that are given the default is left out. */
  request(method: string, server: PeerAddress, parts: MessageParts & { to?: string } = {}): PeerMessage {
    const { to = `sip:server@127.0.0.1:${server.port}`, headers: given = [] } = parts;
    const defaults: [string, string][] = [
      ['Via', this.via()],
      ['Max-Forwards', '70'],
      ['From', `<${this.uri('peer')}>;tag=${randomBytes(4).toString('hex')}`],
      ['To', `<${to}>`],
      ['Call-ID', randomBytes(8).toString('hex')],
      ['CSeq', `1 ${method}`],
      ['Contact', this.contact],
    ];
    const message: PeerMessage = {
      method,
      uri: to,
      headers: [...defaults.filter(([name]) => !given.some(([other]) => other === name)), ...given, ...typed(parts)],
      body: parts.body ?? '',
    };
    this.send(message, server);
    return message;
  }

  close(): Promise<void> {
    return this.socket.close();
  }

  /** Closes the TCP connections but goes on listening. */
  dropConnections(): void {
    this.socket.dropConnections();
  }

  private take(text: string, from: PeerAddress): void {
    const message = { ...parsePeerMessage(text), from };
    const isRepeat = this.seen.has(text);
    this.seen.add(text);
    this.log.push({ direction: 'in', at: Date.now(), message, remote: from, text });
    const entry: Inbox = { message, isRead: false, isRepeat };
    this.inbox.push(entry);
    this.runRules(entry);
    for (const wake of [...this.waiting]) wake();
  }

  private runRules(entry: Inbox): void {
    const rule = this.autoRules.find(([wanted]) => isWanted(entry.message, wanted));
    if (!rule) return;
    entry.isRead = true;
    rule[1](entry.message);
  }

  private somethingComes(withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (came: boolean): void => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        resolve(came);
      };
      const wake = (): void => done(true);
      const timer = setTimeout(() => done(false), Math.max(withinMs, 0));
      this.waiting.add(wake);
    });
  }

  private missing(wanted: Wanted, withinMs: number): string {
    const what = typeof wanted === 'function' ? 'a matching message' : String(wanted);
    return `no ${what} within ${withinMs} ms; messages so far: ${this.titles}`;
  }
}

function isWanted(message: ReceivedMessage, wanted: Wanted): boolean {
  if (typeof wanted === 'function') return wanted(message);
  return typeof wanted === 'number' ? message.status === wanted : message.method === wanted;
}

export { cseqOf, header, headers, isAnswerTo, sdp, tagIn, uriIn } from './sip-peer-message';
export type { PeerAddress };
