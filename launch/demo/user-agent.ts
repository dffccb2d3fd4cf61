import { randomBytes, randomUUID } from 'node:crypto';
import { PeerDialog } from './peer-dialog';
import { audioSdp } from './sdp';
import type { Address, ReceivedRequest } from './sip-endpoint';
import { SipEndpoint } from './sip-endpoint';
import type { SipField, SipMessage } from './sip-message';
import { addressOf, cseqOf, headerOf, headersOf, tagOf } from './sip-message';
import type { PeerName, Trace } from './trace';

/** How a peer answers a call: rings, then gives the final status. */
export interface Answering {
  status: number;
  reasonPhrase: string;
  /** Ms from the INVITE to the final status. */
  afterMs: number;
  rings: boolean;
}

export interface UserAgentOptions {
  name: PeerName;
  /** User of its From. Default: the name. */
  user?: string | undefined;
  address: Address;
  trace: Trace;
  answering: Answering;
  /** An INVITE of a new call has come in. */
  onCall?: (invite: SipMessage) => void;
  /** The peer of a dialog has changed the session. */
  onReinvite?: (dialog: PeerDialog) => void;
  /** The peer of a dialog asks us to call someone else (RFC 3515). Without it a REFER is refused with 603. */
  onRefer?: (refer: SipMessage, dialog: PeerDialog) => void;
}

export type CallResult = { status: number; reasonPhrase: string; dialog?: PeerDialog };

/** A small SIP phone: calls, answers, and serves whatever comes within its dialogs. */
export class UserAgent {
  private readonly dialogs = new Map<string, PeerDialog>();
  private readonly ringing = new Map<string, (status: number, reasonPhrase: string) => void>();
  private endpoint!: SipEndpoint;

  private constructor(private readonly options: UserAgentOptions) {}

  static async open(options: UserAgentOptions): Promise<UserAgent> {
    const agent = new UserAgent(options);
    const handlers = { onRequest: (request: ReceivedRequest) => agent.receive(request) };
    agent.endpoint = await SipEndpoint.open(options.name, options.address, options.trace, handlers);
    return agent;
  }

  get address(): Address {
    return this.endpoint.address;
  }

  /** Calls a `sip:` URI. Resolves with the final status and, when it was a 2xx, the dialog. */
  async call(
    uri: string,
    headers: SipField[] = [],
    onProvisional?: (response: SipMessage) => void
  ): Promise<CallResult> {
    const invite = this.buildInvite(uri, headers);
    const answer = await this.endpoint.request(invite, addressOf(uri), onProvisional);
    const { status = 0, reasonPhrase = '' } = answer;
    if (status < 200 || status >= 300) return { status, reasonPhrase };
    const dialog = PeerDialog.opened(this.endpoint, invite, answer);
    dialog.acknowledge(cseqOf(invite).number);
    this.dialogs.set(dialog.callId, dialog);
    return { status, reasonPhrase, dialog };
  }

  /** A call of its own is up. */
  get isTalking(): boolean {
    return [...this.dialogs.values()].some(({ isEnded }) => !isEnded);
  }

  /** Ends every call that is still up. */
  async hangUpAll(): Promise<void> {
    await Promise.all([...this.dialogs.values()].map((dialog) => dialog.hangUp()));
  }

  close(): Promise<void> {
    return this.endpoint.close();
  }

  private buildInvite(uri: string, headers: SipField[]): SipMessage {
    const { name, address } = this.endpoint;
    const own = `sip:${this.options.user ?? name}@${address.host}:${address.port}`;
    return {
      method: 'INVITE',
      requestUri: uri,
      headers: [
        { name: 'Max-Forwards', value: '70' },
        { name: 'From', value: `<${own}>;tag=${randomBytes(6).toString('hex')}` },
        { name: 'To', value: `<${uri}>` },
        { name: 'Call-ID', value: `${randomUUID()}@${address.host}` },
        { name: 'CSeq', value: '1 INVITE' },
        { name: 'Contact', value: `<${own}>` },
        { name: 'Allow', value: ALLOW },
        { name: 'Content-Type', value: 'application/sdp' },
        ...headers,
      ],
      body: audioSdp(address.host, address.port),
    };
  }

  private receive(request: ReceivedRequest): void {
    const { message } = request;
    const dialog = this.dialogs.get(headerOf(message, 'Call-ID') ?? '');
    const isWithinDialog = tagOf(headerOf(message, 'To')) !== undefined;
    if (message.method === 'CANCEL') {
      this.receiveCancel(request);
      return;
    }
    if (message.method === 'INVITE' && !isWithinDialog) {
      this.receiveCall(request);
      return;
    }
    if (message.method === 'OPTIONS') {
      request.respond(responseTo(message, 200, 'OK'));
      return;
    }
    if (dialog === undefined) {
      request.respond(responseTo(message, 481, 'Call/Transaction Does Not Exist'));
      return;
    }
    this.receiveWithin(dialog, request);
  }

  private receiveWithin(dialog: PeerDialog, { message, respond }: ReceivedRequest): void {
    const { onRefer } = this.options;
    switch (message.method) {
      case 'BYE':
        dialog.isEnded = true;
        {
          respond(responseTo(message, 200, 'OK'));
          return;
        }
      case 'INVITE':
      case 'UPDATE': {
        respond(this.withSdp(responseTo(message, 200, 'OK'), cseqOf(message).number + 1));
        this.options.onReinvite?.(dialog);
        return;
      }
      case 'REFER':
        if (onRefer === undefined) {
          respond(responseTo(message, 603, 'Decline'));
          return;
        }
        respond(responseTo(message, 202, 'Accepted'));
        {
          onRefer(message, dialog);
          return;
        }
      case 'INFO':
      case 'NOTIFY': {
        respond(responseTo(message, 200, 'OK'));
        return;
      }
      default: {
        respond(responseTo(message, 501, 'Not Implemented'));
        return;
      }
    }
  }

  private receiveCall({ message, respond }: ReceivedRequest): void {
    const { answering, onCall } = this.options;
    const callId = headerOf(message, 'Call-ID') ?? '';
    const toTag = randomBytes(6).toString('hex');
    const finish = (status: number, reasonPhrase: string): void => {
      clearTimeout(timer);
      this.ringing.delete(callId);
      const response = responseTo(message, status, reasonPhrase, toTag);
      if (status >= 300) {
        respond(response);
        return;
      }
      this.dialogs.set(callId, PeerDialog.accepted(this.endpoint, message, headerOf(response, 'To') ?? ''));
      respond(this.withSdp(response, 1));
    };
    const timer = setTimeout(() => finish(answering.status, answering.reasonPhrase), answering.afterMs);
    this.ringing.set(callId, finish);
    if (answering.rings) respond(this.withContact(responseTo(message, 180, 'Ringing', toTag)));
    onCall?.(message);
  }

  private receiveCancel({ message, respond }: ReceivedRequest): void {
    const finish = this.ringing.get(headerOf(message, 'Call-ID') ?? '');
    respond(responseTo(message, finish ? 200 : 481, finish ? 'OK' : 'Call/Transaction Does Not Exist'));
    finish?.(487, 'Request Terminated');
  }

  private withContact(response: SipMessage): SipMessage {
    const { name, address } = this.endpoint;
    const contact = { name: 'Contact', value: `<sip:${name}@${address.host}:${address.port}>` };
    return { ...response, headers: [...response.headers, contact, { name: 'Allow', value: ALLOW }] };
  }

  private withSdp(response: SipMessage, version: number): SipMessage {
    const { headers, ...rest } = this.withContact(response);
    const type = { name: 'Content-Type', value: 'application/sdp' };
    return { ...rest, headers: [...headers, type], body: audioSdp(this.address.host, this.address.port, version) };
  }
}

const ALLOW = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REFER, NOTIFY';

/** RFC 3261 section 8.2.6. */
function responseTo(request: SipMessage, status: number, reasonPhrase: string, toTag?: string): SipMessage {
  const to = headerOf(request, 'To') ?? '';
  const needsTag = toTag !== undefined && tagOf(to) === undefined;
  return {
    status,
    reasonPhrase,
    headers: [
      ...headersOf(request, 'Via').map((value) => ({ name: 'Via', value })),
      ...headersOf(request, 'Record-Route').map((value) => ({ name: 'Record-Route', value })),
      { name: 'From', value: headerOf(request, 'From') ?? '' },
      { name: 'To', value: needsTag ? `${to};tag=${toTag}` : to },
      { name: 'Call-ID', value: headerOf(request, 'Call-ID') ?? '' },
      { name: 'CSeq', value: headerOf(request, 'CSeq') ?? '' },
    ],
    body: '',
  };
}
