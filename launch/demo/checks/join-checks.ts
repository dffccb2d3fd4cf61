import type { CallEvidence } from '../evidence';
import type { Check } from '../check';
import { headerOf } from '../sip-message';

/** What a transfer by INVITE shows at caller and bot, besides what every transfer shows. */
export const joinChecks: readonly Check[] = [
  { name: 'the caller got no REFER', fault: referAtCaller },
  { name: 'the caller was joined with the second target by a re-INVITE', fault: notJoined },
  { name: 'the session of each leg kept its id, and its version rose with each change', fault: brokenOrigin },
  { name: 'the bot was put on hold', fault: notOnHold },
  { name: "the second target's call ended with the caller's", fault: targetStillUp },
];

function referAtCaller(call: CallEvidence): string | undefined {
  const { length } = call.requests('caller', 'in', 'REFER');
  return length === 0 ? undefined : `it got ${length}`;
}

function notJoined(call: CallEvidence): string | undefined {
  const port = call.plan.ports.agent + 1000;
  const last = call.withinCallersLeg('in', 'INVITE').at(-1);
  if (!last) return 'it got no re-INVITE';
  return last.message.body.includes(`m=audio ${port} `) ? undefined : `its last offer does not name port ${port}`;
}

function brokenOrigin(call: CallEvidence): string | undefined {
  const first = call.callersInvite();
  const answer = first && call.finalResponses(first)[0];
  const bodies = [answer, ...call.withinCallersLeg('in', 'INVITE')].map((traced) => traced?.message.body ?? '');
  const origins = bodies.map((body) => /^o=- (\d+) (\d+) /m.exec(body));
  const wrong = origins.findIndex((origin, i) => {
    const before = origins[i - 1];
    return origin === null || (before && (origin[1] !== before[1] || Number(origin[2]) <= Number(before[2])));
  });
  return wrong < 0 ? undefined : `description ${wrong + 1} of the caller's leg is not the successor of the one before`;
}

function notOnHold(call: CallEvidence): string | undefined {
  const offers = call
    .requests('bot', 'in', 'INVITE')
    .filter(({ message }) => /;\s*tag=/.test(headerOf(message, 'To') ?? ''));
  return offers.some(({ message }) => /^a=inactive/m.test(message.body)) ? undefined : 'it got no such re-INVITE';
}

function targetStillUp(call: CallEvidence): string | undefined {
  const { length } = call.requests('agent', 'in', 'BYE');
  return length === 1 ? undefined : `it got ${length} BYEs`;
}
