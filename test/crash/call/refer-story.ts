import { cseqOf } from '../../support/sip-peer';
import { FRAG } from '../../support/transfer-call';
import type { StepName } from '../steps';
import { byeAtBot, hearStatus } from './story';
import type { CrashCall } from './crash-call';
import { came, received } from './crash-call';

const REPORTS: { step: StepName; status: number; reason: string }[] = [
  { step: 'NOTIFY 100', status: 100, reason: 'Trying' },
  { step: 'NOTIFY 180', status: 180, reason: 'Ringing' },
  { step: 'final NOTIFY', status: 200, reason: 'OK' },
];

/** The transfer by REFER: the caller's side takes it, reports, and hangs up in the grace. */
export async function playRefer(call: CrashCall): Promise<void> {
  const { caller } = call;
  await call.at('transfer asked');
  const refer = received(await call.sees('REFER', () => came(caller.end, 'REFER')));
  await call.at('REFER sent');
  await call.arm('REFER accepted');
  caller.end.answer(refer, 202, { headers: [['Contact', caller.end.peer.contact]] });
  await call.at('REFER accepted');
  for (const { step, status, reason } of REPORTS) {
    if (status === 200) await call.at('target ringing');
    await call.arm(step);
    const answered = report(call, `NOTIFY ${status}`, { status, reason, cseq: cseqOf(refer).number });
    await call.at(step);
    await answered;
  }
  await hearStatus(call);
  await call.arm('caller hangs up');
  const answered = call.callerAsks('BYE', 'BYE');
  await call.at('caller hangs up');
  await answered;
  await byeAtBot(call);
}

async function report(
  call: CrashCall,
  what: string,
  { status, reason, cseq }: { status: number; reason: string; cseq: number }
): Promise<void> {
  const state = status < 200 ? 'active;expires=60' : 'terminated;reason=noresource';
  const answer = await call.callerAsks(what, 'NOTIFY', {
    headers: [
      ['Event', `refer;id=${cseq}`],
      ['Subscription-State', state],
    ],
    body: `SIP/2.0 ${status} ${reason}\r\n`,
    contentType: FRAG,
  });
  if (answer.message.status !== 200) throw new Error(`${what} got ${answer.message.status}`);
}
