import { cseqOf, sdp } from '../../support/sip-peer';
import type { ReceivedMessage, SipPeer } from '../../support/sip-peer';
import type { PeerDialog } from '../../support/sip-peer-dialog';
import type { World } from './fixture';

/** A call that is up while something hostile happens, and must still be of use afterwards. */
export class StandingCall {
  private constructor(
    private readonly peer: SipPeer,
    private readonly dialog: PeerDialog
  ) {}

  /** Calls an application that answers INVITEs. */
  static async set(world: World, to = 'sip:standing@127.0.0.1'): Promise<StandingCall> {
    const peer = await world.peer();
    const dialog = peer.dial(world.udp, { body: sdp(), to });
    dialog.confirm(await peer.expect(200)).ack();
    return new StandingCall(peer, dialog);
  }

  /** Sends a re-INVITE. @returns its final status, 200 when the call is of use */
  async reinvite(): Promise<number> {
    const before = this.dialog.cseq;
    this.dialog.request('INVITE', { body: sdp(before) });
    const isAnswer = (message: ReceivedMessage): boolean =>
      (message.status ?? 0) >= 200 && cseqOf(message).number === before + 1;
    const { status = 0 } = await this.peer.expect(isAnswer);
    this.dialog.ack();
    return status;
  }
}
