import { afterProvisional } from '../../activities/sip/final-answer';
import type { Answer, PeerResponse, SipPort } from '../../activities/sip/port';
import type { EffectKind } from '../../contracts/ids';
import { effectId, relayNumber } from '../../contracts/ids';
import type { LegRecord } from '../../contracts/leg';
import type { LegRequest } from './leg-request';

/** To a peer whose request found no answer on the other leg. */
export const AGAIN_SOON: Answer = { status: 500, headers: { 'Retry-After': '2' } };

/** Passes a peer's request to another leg. @returns its final answer; undefined when there is none */
export async function askOtherLeg(
  port: SipPort,
  to: LegRecord,
  { request, callId, leg }: LegRequest,
  { method, body }: { method: 'INFO' | 'INVITE'; body: string }
): Promise<PeerResponse | undefined> {
  const kind: EffectKind = `relay-${method === 'INFO' ? 'info' : 'offer'}-${to.name.kind}`;
  const type = request.header('Content-Type');
  const sending = await port.send({
    method,
    dialogId: to.dialogId,
    trunk: to.trunk,
    effectId: effectId(callId, kind, relayNumber(leg, request.cseq)),
    body,
    headers: type === undefined ? {} : { 'Content-Type': type },
  });
  if (sending.kind !== 'sent') return undefined;
  const answer = await afterProvisional(sending);
  if (answer.kind !== 'response') return undefined;
  if (method === 'INVITE' && answer.status < 300) sending.acknowledge();
  return answer;
}
