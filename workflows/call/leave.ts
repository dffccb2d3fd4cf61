import type { CallEnd, EndReasonCode } from '../../contracts/call';
import type { LegName } from '../../contracts/ids';
import type { LegRecord } from '../../contracts/leg';
import { acknowledgeBot } from './acknowledge';
import { endLeg } from './effects';
import { failureText, isActivityFailure } from './failure';
import { LET_GO } from './leg-log';
import { BOT, legOf } from './legs';
import type { CallSession } from './session';
import { isUp } from './state';

/** Ends of a conversation that VoiceAI Connect has no word for. */
const NOT_FOR_BOTS: ReadonlySet<EndReasonCode> = new Set(['sip-node-lost', 'operator-disconnected']);

/** Ends the bot's conversation and its leg. What has ended already stays so. */
export function letBotGo(call: CallSession, { reasonCode, reason }: CallEnd): void {
  const heard = NOT_FOR_BOTS.has(reasonCode) ? 'error' : reasonCode;
  call.outbox.post({ name: 'conversationEnd', value: { reasonCode: heard, reason } });
  letLegGo(call, BOT, reason);
}

/** Ends a leg with BYE, unless it has ended. Nothing waits for the peer's answer but the end of the call. */
export function letLegGo(call: CallSession, name: LegName, reason: string): void {
  const leg = legOf(call.state, name);
  if (!leg || !isUp(leg)) return;
  call.apply({ type: 'LegEnded', ...name, reason: `${LET_GO}${reason}`, atMs: Date.now() });
  if (leg.record) call.byes.add(sendBye(call, leg.record, reason));
}

/** Ends the legs of transfers: targets, and calls that came back. */
export function letTransferLegsGo(call: CallSession, reason: string): void {
  for (const { record } of call.state.transferLegs ?? []) letLegGo(call, record.name, reason);
}

/** BYE. A peer that cannot be reached any more must not keep the call from its end: noted, and done. */
export async function sendBye(call: CallSession, { name, dialogId, trunk }: LegRecord, reason: string): Promise<void> {
  const { kind } = name;
  try {
    // A bot that asked by REFER hears the outcome before its dialog ends.
    if (kind === 'bot' && call.reports) await call.reports;
    // RFC 3261 section 15: no BYE before the ACK of the INVITE that made the dialog.
    if (kind === 'bot' && call.state.awaitsAnswer) await acknowledgeBot(call, '');
    await endLeg.executeWithOptions({ summary: `BYE → ${kind}` }, [{ dialogId, trunk, reason }]);
  } catch (err) {
    if (!isActivityFailure(err)) throw err;
    call.note({ event: 'ByeFailed', detail: `${kind}: ${failureText(err)}` });
  }
}
