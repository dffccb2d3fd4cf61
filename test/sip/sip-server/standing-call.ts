import { expect } from '@jest/globals';
import { cseqOf, header, sdp } from '../../support/sip-peer';
import type { SipPeer } from '../../support/sip-peer';
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

  /** Asserts that the application takes a re-INVITE of the peer. */
  async expectReinvite(): Promise<void> {
    const { cseq } = this.dialog;
    this.dialog.request('INVITE', { body: sdp(cseq) });
    const answer = await this.peer.expect(
      ({ status = 0, ...message }) => status >= 200 && cseqOf(message).number > cseq
    );
    expect([answer.status, header(answer, 'CSeq')]).toEqual([200, `${cseq + 1} INVITE`]);
    this.dialog.ack();
  }
}
