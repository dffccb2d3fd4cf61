import type { Engine } from './engine';
import type { PeerDialog } from './sip-peer-dialog';
import type { ReceivedMessage } from './sip-peer';
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
  /** The next request of this method at the bot, in this call. */
  atBot: (method: string) => Promise<ReceivedMessage>;
  /** Answers the BYE that the bot gets. */
  byeAtBot: () => Promise<void>;
  /** What the phones had to object to. */
  faults: () => string[];
  /** Asks for a transfer to the target; the answer of the API. */
  transfer: (params?: Record<string, unknown>) => Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

/**
 * Dials a number; `botPeer` has the bots of the engine. Each call has a caller and a target of its own.
 * @param port of the proxy that it is dialled through; default: the engine itself
 */
export async function phoneCall(
  engine: Engine,
  botPeer: SipPeer,
  number = '1000',
  port = engine.sipPort
): Promise<PhoneCall> {
  const bot = new StrictPhone(botPeer, 31000);
  const [callerPeer, targetPeer] = [await SipPeer.open(), await SipPeer.open()];
  const [caller, target] = [new StrictPhone(callerPeer, 21000), new StrictPhone(targetPeer, 41000)];
  const to = `sip:${number}@127.0.0.1:${port}`;
  const callerDialog = callerPeer.dial({ port }, { to, body: caller.sdp });
  const inviteAtBot = await botPeer.expect('INVITE');
  const botDialog = bot.pickUp(inviteAtBot);
  const ok = await callerPeer.expect((message) => message.status === 200 && isOf(message, 'INVITE'));
  caller.hear(ok);
  callerDialog.confirm(ok).ack();
  const callId = header(inviteAtBot, 'X-Call-ID') ?? '';
  const atBot = (method: string): Promise<ReceivedMessage> =>
    botPeer.expect(
      (message) => message.method === method && header(message, 'Call-ID') === header(inviteAtBot, 'Call-ID')
    );
  return {
    callId,
    atBot,
    byeAtBot: async () => botPeer.respond(await atBot('BYE'), 200),
    faults: () => [...caller.faults, ...bot.faults, ...target.faults],
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
