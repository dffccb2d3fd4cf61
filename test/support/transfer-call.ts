import type { Engine } from './engine';
import type { PeerDialog } from './sip-peer-dialog';
import type { ReceivedMessage, SipPeer } from './sip-peer';
import { cseqOf, header, sdp } from './sip-peer';

/** A call that is up: a caller and a bot as raw SIP peers, joined through the engine. */
export interface CallThroughEngine {
  callId: string;
  caller: SipPeer;
  bot: SipPeer;
  callerDialog: PeerDialog;
  botDialog: PeerDialog;
  inviteAtBot: ReceivedMessage;
  okAtCaller: ReceivedMessage;
}

export const FRAG = 'message/sipfrag;version=2.0';

/** Dials 1000, or another login, from `caller`, lets `bot` ring and answer, and ACKs. */
export async function callThrough(
  engine: Engine,
  caller: SipPeer,
  bot: SipPeer,
  headers: [string, string][] = [],
  login = '1000'
): Promise<CallThroughEngine> {
  const to = `sip:${login}@127.0.0.1:${engine.sipPort}`;
  const callerDialog = caller.dial({ port: engine.sipPort }, { to, body: sdp(1, 21000), headers });
  const inviteAtBot = await bot.expect('INVITE');
  bot.respond(inviteAtBot, 180, { tag: 'bot-tag' });
  const botDialog = bot.accept(inviteAtBot, { body: sdp(1, 31000), tag: 'bot-tag' });
  const okAtCaller = await caller.expect((message) => message.status === 200 && isOf(message, 'INVITE'));
  callerDialog.confirm(okAtCaller);
  callerDialog.ack();
  await bot.expect('ACK');
  return {
    callId: header(inviteAtBot, 'X-Call-ID') ?? '',
    caller,
    bot,
    callerDialog,
    botDialog,
    inviteAtBot,
    okAtCaller,
  };
}

/**
 * The transferee's report of its call to the target: a NOTIFY with a sipfrag.
 * @param refer the REFER that it is about, where there was more than one (RFC 3515 section 2.4.6)
 */
export function report(callerDialog: PeerDialog, status: number, reason: string, refer?: ReceivedMessage): void {
  const state = status < 200 ? 'active;expires=60' : 'terminated;reason=noresource';
  callerDialog.request('NOTIFY', {
    headers: [
      ['Event', refer ? `refer;id=${cseqOf(refer).number}` : 'refer'],
      ['Subscription-State', state],
    ],
    body: `SIP/2.0 ${status} ${reason}\r\n`,
    contentType: FRAG,
  });
}

/** As `report`. @returns the engine's answer */
export async function notify(
  { caller, callerDialog }: Pick<CallThroughEngine, 'caller' | 'callerDialog'>,
  status: number,
  reason: string,
  refer?: ReceivedMessage
): Promise<ReceivedMessage> {
  report(callerDialog, status, reason, refer);
  return caller.expect((message) => isOf(message, 'NOTIFY') && message.status !== undefined);
}

export function isOf(message: ReceivedMessage, method: string): boolean {
  return (header(message, 'CSeq') ?? '').endsWith(` ${method}`);
}

export function transferTo(target: string, params: Record<string, unknown> = {}): object {
  return {
    type: 'event',
    name: 'transfer',
    activityParams: { transferTarget: target, transferNotifications: true, ...params },
  };
}
