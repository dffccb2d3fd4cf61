import type { Address, SipEndpoint } from './sip-endpoint';
import type { SipField, SipMessage } from './sip-message';
import { addressOf, cseqOf, headerOf, uriOf } from './sip-message';

/** One side of a dialog (RFC 3261 section 12) as a demonstration peer keeps it. */
export class PeerDialog {
  isEnded = false;

  private constructor(
    private readonly endpoint: SipEndpoint,
    readonly callId: string,
    /** From value of our requests, with our tag. */
    private readonly local: string,
    /** To value of our requests, with the peer's tag. */
    private readonly remote: string,
    private readonly remoteTarget: string,
    private readonly routes: readonly string[],
    private cseq: number
  ) {}

  /** The dialog that the 2xx to our INVITE made. */
  static opened(endpoint: SipEndpoint, invite: SipMessage, answer: SipMessage): PeerDialog {
    const [from, to] = [headerOf(invite, 'From') ?? '', headerOf(answer, 'To') ?? ''];
    const routes = answer.headers.filter(({ name }) => /^record-route$/i.test(name)).map(({ value }) => value);
    const target = uriOf(headerOf(answer, 'Contact'));
    return new PeerDialog(
      endpoint,
      headerOf(invite, 'Call-ID') ?? '',
      from,
      to,
      target,
      routes.reverse(),
      cseqOf(invite).number
    );
  }

  /** The dialog that our 2xx to the peer's INVITE made. @param to its To value with our tag */
  static accepted(endpoint: SipEndpoint, invite: SipMessage, to: string): PeerDialog {
    const routes = invite.headers.filter(({ name }) => /^record-route$/i.test(name)).map(({ value }) => value);
    const target = uriOf(headerOf(invite, 'Contact'));
    return new PeerDialog(
      endpoint,
      headerOf(invite, 'Call-ID') ?? '',
      to,
      headerOf(invite, 'From') ?? '',
      target,
      routes,
      0
    );
  }

  /** @returns the final response */
  request(method: string, headers: SipField[] = [], body = ''): Promise<SipMessage> {
    this.cseq += 1;
    return this.endpoint.request(this.build(method, this.cseq, headers, body), this.nextHop());
  }

  /** ACK of a 2xx (RFC 3261 section 13.2.2.4). */
  acknowledge(inviteCseq: number): void {
    const ack = this.build('ACK', inviteCseq, [], '');
    const via = { name: 'Via', value: this.endpoint.via(`z9hG4bKack${this.callId}${inviteCseq}`) };
    this.endpoint.acknowledge({ ...ack, headers: [via, ...ack.headers] }, this.nextHop());
  }

  async hangUp(): Promise<void> {
    if (this.isEnded) return;
    this.isEnded = true;
    await this.request('BYE');
  }

  private build(method: string, cseq: number, headers: SipField[], body: string): SipMessage {
    const { host, port } = this.endpoint.address;
    return {
      method,
      requestUri: this.remoteTarget,
      headers: [
        { name: 'Max-Forwards', value: '70' },
        ...this.routes.map((value) => ({ name: 'Route', value })),
        { name: 'From', value: this.local },
        { name: 'To', value: this.remote },
        { name: 'Call-ID', value: this.callId },
        { name: 'CSeq', value: `${cseq} ${method}` },
        { name: 'Contact', value: `<sip:${this.endpoint.name}@${host}:${port}>` },
        ...headers,
      ],
      body,
    };
  }

  private nextHop(): Address {
    return addressOf(this.routes[0] === undefined ? this.remoteTarget : uriOf(this.routes[0]));
  }
}
