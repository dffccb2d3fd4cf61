import { randomBytes } from 'node:crypto';
import { cseqOf, header, headers, tagIn, typed, uriIn } from './sip-peer-message';
import type { PeerAddress, ReceivedMessage, SipPeer } from './sip-peer';
import type { MessageParts, PeerMessage } from './sip-peer-message';

/**
 * A dialog as the peer sees it. Requests carry the right tags, CSeq and target:
 *
 *   dialog.request('INFO', { body, contentType });   // returns the message; `await peer.expect(200)` reads the answer
 *   dialog.ack();                                    // ACK of the last INVITE that this peer sent
 *   dialog.confirm(ok);                              // after `peer.dial`: takes tag, target and routes from the 2xx
 */
export class PeerDialog {
  remoteTag: string | undefined;
  target: string;
  routes: string[] = [];
  cseq = 100;
  private inviteCseq = 0;

  private constructor(
    readonly peer: SipPeer,
    readonly callId: string,
    readonly localTag: string,
    private readonly local: string,
    private readonly remote: string,
    /** Where requests are sent, whatever the target says. */
    readonly server: PeerAddress
  ) {
    this.target = uriIn(remote);
  }

  /** The last INVITE that was sent, for CANCEL and for repeating it. */
  invite: PeerMessage | undefined;

  static dial(peer: SipPeer, server: PeerAddress, parts: MessageParts & { to?: string; from?: string }): PeerDialog {
    const to = parts.to ?? `sip:4000@127.0.0.1:${server.port}`;
    const from = parts.from ?? peer.uri('caller');
    const dialog = new PeerDialog(
      peer,
      randomBytes(8).toString('hex'),
      randomBytes(4).toString('hex'),
      from,
      to,
      server
    );
    dialog.request('INVITE', parts);
    return dialog;
  }

  static ofIncoming(peer: SipPeer, invite: ReceivedMessage, localTag: string): PeerDialog {
    const local = uriIn(header(invite, 'To'));
    const remote = uriIn(header(invite, 'From'));
    const dialog = new PeerDialog(peer, header(invite, 'Call-ID') ?? '', localTag, local, remote, invite.from);
    dialog.remoteTag = tagIn(header(invite, 'From'));
    dialog.target = uriIn(header(invite, 'Contact'));
    dialog.routes = headers(invite, 'Record-Route');
    return dialog;
  }

  /** The id that drachtio applications see when this peer sent the INVITE. */
  get id(): string {
    return `${this.callId};from-tag=${this.localTag}`;
  }

  confirm(ok: PeerMessage): this {
    this.remoteTag = tagIn(header(ok, 'To'));
    this.target = uriIn(header(ok, 'Contact'));
    this.routes = headers(ok, 'Record-Route').reverse();
    return this;
  }

  request(method: string, parts: MessageParts & { cseq?: number } = {}): PeerMessage {
    this.cseq = parts.cseq ?? this.cseq + 1;
    const message = this.build(method, this.cseq, parts);
    if (method === 'INVITE') {
      this.inviteCseq = this.cseq;
      this.invite = message;
    }
    this.peer.send(message, this.server);
    return message;
  }

  ack(parts: MessageParts = {}): PeerMessage {
    const message = this.build('ACK', this.inviteCseq, parts);
    this.peer.send(message, this.server);
    return message;
  }

  /** CANCEL of the last INVITE (RFC 3261 section 9.1). */
  cancel(extra: [string, string][] = []): void {
    const invite = this.invite!;
    const kept = invite.headers.filter(([name]) => ['Via', 'From', 'To', 'Call-ID', 'Max-Forwards'].includes(name));
    const cseq: [string, string] = ['CSeq', `${cseqOf(invite).number} CANCEL`];
    this.peer.send({ method: 'CANCEL', uri: invite.uri!, headers: [...kept, cseq, ...extra], body: '' }, this.server);
  }

  build(method: string, cseq: number, parts: MessageParts = {}): PeerMessage {
    const remoteTag = this.remoteTag === undefined ? '' : `;tag=${this.remoteTag}`;
    return {
      method,
      uri: this.target,
      headers: [
        ['Via', this.peer.via()],
        ...this.routes.map((route): [string, string] => ['Route', route]),
        ['Max-Forwards', '70'],
        ['From', `<${this.local}>;tag=${this.localTag}`],
        ['To', `<${this.remote}>${remoteTag}`],
        ['Call-ID', this.callId],
        ['CSeq', `${cseq} ${method}`],
        ['Contact', this.peer.contact],
        ...(parts.headers ?? []),
        ...typed(parts),
      ],
      body: parts.body ?? '',
    };
  }
}
