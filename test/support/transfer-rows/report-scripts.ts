import type { RowCall } from './row-call';
import type { RowScript } from './script';
import { mustBe, played, reports, reportsEach } from './script';

const ENDS_EARLY = 'terminated;reason=noresource';

function reportsCause(status: number, cause: number): RowScript {
  return played((call) => {
    call.answer(202);
    call.report(status, { body: `SIP/2.0 ${status} Phrase\r\nReason: Q.850;cause=${cause};text="why"\r\n` });
  });
}

/** Takes the REFER and sends one NOTIFY that ends the subscription. */
function endsSubscription(body: string, state = ENDS_EARLY): RowScript {
  return played(
    async (call) => {
      call.answer(202);
      mustBe(await call.reported(0, { state, body }), 200);
    },
    { dialled: '1001' }
  );
}

function endsSubscriptionAndHangsUp(body: string): RowScript {
  return played(
    async (call) => {
      await endsSubscription(body).play(call);
      call.hangUp();
    },
    { dialled: '1004' }
  );
}

function hangsUpAndReports(status: number): RowScript {
  return played(async (call) => {
    call.answer(202);
    call.hangUp();
    mustBe((await call.answerTo('BYE')).status, 200);
    call.report(status);
  });
}

async function ringsAndHangsUp(call: RowCall): Promise<void> {
  await reports(180)(call);
  call.hangUp();
}

const RINGING = 'SIP/2.0 183 Progress\r\n';

/** Rows in which the REFER is taken. */
export const REPORT_SCRIPTS: Readonly<Record<string, RowScript[]>> = {
  '1': [
    played(async (call) => {
      await reports(100, 180, 200)(call);
      call.hangUp();
    }),
  ],
  '2': [played(reports(200))],
  '3': [200, 204].map((status) =>
    played(async (call) => {
      call.answer(status);
      mustBe(await call.reported(200), 200);
    })
  ),
  '4': reportsEach(202, 204),
  '5': reportsEach(486, 600),
  '6': reportsEach(603, 607, 608),
  '7a': reportsEach(408, 480, 487, 504),
  '7b': [reportsCause(480, 17)],
  '7c': [reportsCause(480, 21), reportsCause(403, 21)],
  '7d': [1, 3, 28].map((cause) => reportsCause(480, cause)),
  '8': reportsEach(403, 404, 484, 488, 500, 503),
  '9': reportsEach(302),
  '10': [
    played((call) => {
      call.answer(202);
      call.hangUp();
    }),
  ],
  '11': [hangsUpAndReports(200)],
  '12': [hangsUpAndReports(486)],
  '13a': [played(ringsAndHangsUp)],
  '13b': [played(ringsAndHangsUp, { dialled: '1002' })],
  '14': [played((call) => call.answer(202), { dialled: '1001' })],
  '15': [played(reports(100, 180), { dialled: '1001' })],
  '16a': [endsSubscription(RINGING)],
  '16b': [endsSubscriptionAndHangsUp(RINGING)],
  '17a': [endsSubscription(''), endsSubscription('Contact: <sip:x@y>\r\n')],
  '17b': [endsSubscriptionAndHangsUp('')],
  '18a': [endsSubscription(RINGING, 'terminated;reason=rejected')],
  '18b': [endsSubscription(RINGING, 'terminated;reason=deactivated')],
  '19': [
    played(async (call) => {
      mustBe(await call.reported(100), 200);
      call.answer(202);
      mustBe(await call.reported(200), 200);
    }),
  ],
  '20': [
    played(
      async (call) => {
        call.answer(202);
        mustBe(await call.reported(200, { id: call.referCseq - 1 }), 200);
        mustBe(await call.reported(180), 200);
        mustBe(await call.reported(180), 200);
        call.report(603, { id: call.referCseq });
      },
      {
        refers: 2,
        attempts: 2,
        prepare: async (call) => {
          await call.transfer();
          await reports(486)(call);
          await call.status();
          await call.transfer();
        },
      }
    ),
  ],
  '21': [
    'sip/2.0 486 busy\nSIP/2.0 200 OK\n',
    'SIP/2.0 486\r\nTo: <sip:agent@x>;tag=1\r\n\r\n',
    '\r\nSIP/2.0 486 Busy\rSIP/2.0 200 OK\r',
  ].map((body) =>
    played((call) => {
      call.answer(202);
      call.report(486, { body });
    })
  ),
  '22a': [
    played(async (call) => {
      call.answer(202);
      mustBe(await call.reportedFrom(486, { own: 'another' }), 200);
    }),
  ],
  '22b': [
    played(async (call) => {
      call.answer(202);
      mustBe(await call.reportedFrom(200, { own: 'another', engine: 'nobody' }), 481);
      mustBe(await call.reported(486), 200);
    }),
  ],
  '41a': reportsEach(481),
  '41b': reportsEach(486),
  '41c': reportsEach(603),
};
