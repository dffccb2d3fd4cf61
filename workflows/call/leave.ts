import type { CallEnd } from '../../contracts/call';
import { acknowledgeBot } from './acknowledge';
import { endLeg } from './effects';
import { failureText, isActivityFailure } from './failure';
import type { CallSession } from './session';
import { isUp } from './state';

/** Ends the bot's conversation and its leg. What has ended already stays so. */
export function letBotGo(call: CallSession, { reasonCode, reason }: CallEnd): void {
  call.outbox.post({ name: 'conversationEnd', value: { reasonCode, reason } });
  letLegGo(call, 'bot', reason);
}

/** Ends a leg with BYE, unless it has ended. Nothing waits for the peer's answer but the end of the call. */
export function letLegGo(call: CallSession, kind: 'bot' | 'caller', reason: string): void {
  const leg = call.state[kind];
  if (!leg || !isUp(leg)) return;
  call.apply({ type: 'LegEnded', kind, reason: `let go: ${reason}`, atMs: Date.now() });
  if (leg.record) call.byes.push(sendBye(call, leg.record.dialogId, kind, reason));
}

/** BYE. A peer that cannot be reached any more must not keep the call from its end: noted, and done. */
export async function sendBye(
  call: CallSession,
  dialogId: string,
  kind: 'bot' | 'caller',
  reason: string
): Promise<void> {
  try {
    // RFC 3261 section 15: no BYE before the ACK of the INVITE that made the dialog.
    if (kind === 'bot' && call.state.awaitsAnswer) await acknowledgeBot(call, '');
    await endLeg.executeWithOptions({ summary: `BYE → ${kind}` }, [{ dialogId, reason }]);
  } catch (err) {
    if (!isActivityFailure(err)) throw err;
    call.note({ event: 'ByeFailed', detail: `${kind}: ${failureText(err)}` });
  }
}
