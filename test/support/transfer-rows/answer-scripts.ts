import { header } from '../sip-peer';
import { transferTo } from '../transfer-call';
import { TARGET } from './row-call';
import type { RowScript } from './script';
import { mustBe, played, reports } from './script';

function refuses(...statuses: number[]): RowScript[] {
  return statuses.map((status) => played((call) => call.answer(status)));
}

function challenges(status: number, header: string): RowScript {
  return played((call) => call.answer(status, [[header, 'Digest realm="peer", nonce="n1", algorithm=MD5']]));
}

/** Refuses the REFER for now, this often, and takes the next one. */
function putsOff(times: number, status: number, headers: [string, string][] = []): RowScript {
  return played(
    async (call) => {
      for (let n = 0; n < times; n++) {
        call.answer(status, headers);
        await call.nextRefer();
      }
      await reports(200)(call);
    },
    { refers: times + 1 }
  );
}

/** Refuses the REFER for now until no other comes. */
const neverTakes = played(
  async (call) => {
    call.answer(491);
    for (let n = 0; n < 3; n++) {
      await call.nextRefer();
      call.answer(491);
    }
  },
  { refers: 4 }
);

/** Rows in which the REFER is not taken, and those in which somebody else acts. */
export const ANSWER_SCRIPTS: Readonly<Record<string, RowScript[]>> = {
  '23a': refuses(405, 420, 489, 501),
  '24a': refuses(603),
  '25a': refuses(400, 403, 404, 416, 488, 503),
  '26': [challenges(401, 'WWW-Authenticate'), challenges(407, 'Proxy-Authenticate')],
  '27': refuses(429),
  '28a': [putsOff(1, 491), putsOff(3, 500, [['Retry-After', '1']])],
  '28b': [neverTakes],
  '29': [
    played((call) => {
      call.isDead = true;
      call.answer(481);
    }),
  ],
  '30a': [played(() => undefined, { dialled: '1005' })],
  '30b': [played((call) => void (call.isDead = true), { dialled: '1005' })],
  '31': [
    played(
      (call) => {
        mustBe(header(call.refer, 'Refer-Sub'), 'false');
        call.answer(202, [['Refer-Sub', 'false']]);
      },
      { dialled: '1003' }
    ),
  ],
  '32': [played((call) => call.hangUp())],
  '33a': [
    played(async (call) => {
      await reports(180)(call);
      await call.ask({ type: 'event', name: 'hangup' });
    }),
  ],
  '33b': [
    played(async (call) => {
      await reports(180)(call);
      const answer = await call.ask({ type: 'event', name: 'cancelTransfer' });
      mustBe(answer.status, 200);
    }),
  ],
  '34': [
    played(async (call) => {
      await reports(180)(call);
      const again = await call.ask(transferTo(TARGET));
      mustBe(JSON.stringify(again.body).includes('joined'), true);
      const other = await call.ask(transferTo('sip:other@127.0.0.1:5997'));
      mustBe(other.status, 409);
      mustBe(await call.reported(486), 200);
    }),
  ],
  '35': [
    played(
      async (call) => {
        call.dialog.request('REFER', { headers: [['Refer-To', '<sip:agent@127.0.0.1:5998>']] });
        mustBe((await call.answerTo('REFER')).status, 603);
      },
      { refers: 0, attempts: 0, prepare: () => Promise.resolve() }
    ),
  ],
};
