import { cseqOf } from '../../support/sip-peer';
import { FRAG } from '../../support/transfer-call';
import type { StepName } from '../steps';
import { byeAtBot, hearStatus } from './moments';
import type { CrashCall } from './crash-call';
import { came, received } from './crash-call';

interface Report {
  step: StepName;
  status: number;
  reason: string;
}

const PROGRESS: Report[] = [
  { step: 'NOTIFY 100', status: 100, reason: 'Trying' },
  { step: 'NOTIFY 180', status: 180, reason: 'Ringing' },
];

/** The transfer by REFER: the caller's side takes it, reports, and hangs up in the grace. */
export async function playRefer(call: CrashCall): Promise<void> {
  await takeRefer(call, { nth: call.fails ? 2 : 1, final: { status: 200, reason: 'OK' } });
  await hearStatus(call, 'answered');
  await call.arm('caller hangs up');
  const answered = call.callerAsks('BYE', 'BYE');
  await call.at('caller hangs up');
  await answered;
  await byeAtBot(call);
}

/** The caller's side takes the nth REFER of the call, from 1, and reports on it. */
export async function takeRefer(
  call: CrashCall,
  { nth, final }: { nth: number; final: Omit<Report, 'step'> }
): Promise<void> {
  const { end } = call.caller;
  const refer = received(await call.sees('REFER', () => came(end, 'REFER', nth)));
  await call.at('REFER sent');
  await call.arm('REFER accepted');
  end.answer(refer, 202, { headers: [['Contact', end.peer.contact]] });
  await call.at('REFER accepted');
  for (const { step, status, reason } of [...PROGRESS, { step: 'final NOTIFY', ...final } as const]) {
    if (step === 'final NOTIFY') await call.at('target ringing');
    await call.arm(step);
    const answered = report(call, `NOTIFY ${status}`, { status, reason, cseq: cseqOf(refer).number });
    await call.at(step);
    await answered;
  }
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
