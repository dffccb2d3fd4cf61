import type { ReceivedMessage } from './sip-peer';
import { header, sdp, SipPeer, uriIn } from './sip-peer';
import type { PeerDialog } from './sip-peer-dialog';
import { isOf } from './transfer-call';

/** A PBX that has a caller, takes a REFER and calls the engine back because of it. */
export class Pbx {
  /** @param sipPort of the engine */
  static async open(sipPort: number): Promise<Pbx> {
    return new Pbx(await SipPeer.open(), sipPort);
  }

  private constructor(
    readonly peer: SipPeer,
    private readonly sipPort: number
  ) {}

  /**
   * Calls what Refer-To names.
   * @param over another user than there; other headers than its URI headers, as a peer copies them
   */
  callBack(refer: ReceivedMessage, over: { user?: string; headers?: [string, string][] } = {}): PeerDialog {
    const [uri = '', query = ''] = uriIn(header(refer, 'Refer-To')).split('?');
    const copied = query
      .split('&')
      .filter(Boolean)
      .map((field): [string, string] => field.split('=').map(decodeURIComponent) as [string, string]);
    const to = over.user === undefined ? uri : uri.replace(/(?<=^sip:)[^@]+/, over.user);
    return this.peer.dial({ port: this.sipPort }, { to, body: sdp(1, 22000), headers: over.headers ?? copied });
  }

  /** The final answer to its last request of this method in the dialog. */
  finalOf({ callId }: PeerDialog, method = 'INVITE'): Promise<ReceivedMessage> {
    return this.peer.expect(
      (message) => (message.status ?? 0) >= 200 && isOf(message, method) && header(message, 'Call-ID') === callId
    );
  }

  /** The 180 that it hears on its new call. */
  ringing({ callId }: PeerDialog): Promise<ReceivedMessage> {
    return this.peer.expect((message) => message.status === 180 && header(message, 'Call-ID') === callId);
  }

  /** Answers the BYE of this dialog. */
  async takeBye({ callId }: PeerDialog): Promise<void> {
    const bye = await this.peer.expect((message) => message.method === 'BYE' && header(message, 'Call-ID') === callId);
    this.peer.respond(bye, 200);
  }

  close(): Promise<void> {
    return this.peer.close();
  }
}
