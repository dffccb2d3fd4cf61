import type { Engine } from './engine';
import type { PeerDialog } from './sip-peer-dialog';
import { header, SipPeer } from './sip-peer';
import { isOf, transferTo } from './transfer-call';
import { StrictPhone } from './strict-phone';

/** A caller and a bot on strict phones, joined through the engine, and a target that can be called. */
export interface PhoneCall {
  callId: string;
  caller: StrictPhone;
  bot: StrictPhone;
  target: StrictPhone;
  callerDialog: PeerDialog;
  botDialog: PeerDialog;
  /** Asks for a transfer to the target; the answer of the API. */
  transfer: (params?: Record<string, unknown>) => Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

/** Dials 1000; `bot` is the engine's bot. Each call has a caller and a target of its own. */
export async function phoneCall(
  engine: Engine,
  botPeer: SipPeer,
  bot = new StrictPhone(botPeer, 31000)
): Promise<PhoneCall> {
  const [callerPeer, targetPeer] = [await SipPeer.open(), await SipPeer.open()];
  const [caller, target] = [new StrictPhone(callerPeer, 21000), new StrictPhone(targetPeer, 41000)];
  const to = `sip:1000@127.0.0.1:${engine.sipPort}`;
  const callerDialog = callerPeer.dial({ port: engine.sipPort }, { to, body: caller.sdp });
  const inviteAtBot = await botPeer.expect('INVITE');
  const botDialog = bot.pickUp(inviteAtBot);
  const ok = await callerPeer.expect((message) => message.status === 200 && isOf(message, 'INVITE'));
  caller.hear(ok);
  callerDialog.confirm(ok).ack();
  const callId = header(inviteAtBot, 'X-Call-ID') ?? '';
  return {
    callId,
    caller,
    bot,
    target,
    callerDialog,
    botDialog,
    transfer: (params = {}) => engine.post(callId, transferTo(targetPeer.uri('agent'), params)),
    close: async () => {
      await callerPeer.close();
      await targetPeer.close();
    },
  };
}
