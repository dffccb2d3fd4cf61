import { header } from '../sip-peer';
import type { ReceivedMessage } from '../sip-peer';
import type { RowCall } from './row-call';
import type { RowScript } from './script';
import { mustBe, played } from './script';
import type { Dialled } from './stage';

/** A transfer by INVITE, up to its INVITE at the target. */
function byInvite(
  play: (call: RowCall, invite: ReceivedMessage) => Promise<void>,
  dialled: Dialled = '1006'
): RowScript {
  return played((call) => play(call, call.invite), {
    dialled,
    refers: 0,
    prepare: (call) => call.transferByInvite(),
  });
}

/** The peer refuses the REFER, and the INVITE follows. */
function afterRefusal(...statuses: number[]): RowScript[] {
  return statuses.map((status) =>
    played((call) => picksUp(call, call.invite), {
      dialled: '1008',
      mayBeRemembered: true,
      prepare: (call) => {
        call.caller.whenever('REFER', (refer) => call.caller.respond(refer, status));
        return call.transferByInvite();
      },
    })
  );
}

async function picksUp(call: RowCall, invite: ReceivedMessage): Promise<void> {
  call.target.respond(invite, 180, { tag: 'target' });
  call.pickUp(invite);
  await call.targetGets('ACK');
}

async function answersTheCancel(call: RowCall, invite: ReceivedMessage): Promise<void> {
  call.target.respond(invite, 180, { tag: 'target' });
  call.hangUp();
  const cancel = await call.targetGets('CANCEL');
  call.pickUp(invite);
  call.target.respond(cancel, 200);
  await call.targetGets('ACK');
  await call.targetGets('BYE');
}

async function answersTwice(call: RowCall, invite: ReceivedMessage): Promise<void> {
  call.pickUp(invite);
  call.pickUp(invite, 'second');
  const bye = await call.targetGets('BYE');
  mustBe(/tag=second/.test(header(bye, 'To') ?? ''), true);
}

async function staysSilent(call: RowCall, invite: ReceivedMessage): Promise<void> {
  call.target.respond(invite, 180, { tag: 'target' });
  const cancel = await call.targetGets('CANCEL');
  call.target.respond(cancel, 200);
  call.target.respond(invite, 487, { tag: 'target' });
}

async function isNotUnderstood(call: RowCall, invite: ReceivedMessage): Promise<void> {
  call.refusesOffers = 1;
  call.pickUp(invite);
  await call.targetGets('BYE');
}

/** Rows of transfers by INVITE. */
export const INVITE_SCRIPTS: Readonly<Record<string, RowScript[]>> = {
  '23b': afterRefusal(405, 420, 489, 501),
  '24b': afterRefusal(603),
  '25b': afterRefusal(403),
  '36': [byInvite(picksUp)],
  '37': [byInvite(answersTheCancel)],
  '38': [byInvite(answersTwice)],
  '39': [byInvite(staysSilent, '1007')],
  '40': [byInvite(isNotUnderstood)],
};
