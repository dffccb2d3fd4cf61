import type { CallEvidence } from '../evidence';
import type { Check } from '../check';
import { targetsOf } from '../plan';
import { headerOf } from '../sip-message';

/** How much later than the end of the grace the bot's BYE may come, in ms. */
const BYE_TOLERANCE_MS = 3_000;

/** What the bot must have seen on its SIP leg and its webhook. */
export const botChecks: readonly Check[] = [
  { name: 'the bot was called once, with X-Call-ID and X-Call-API', fault: wrongInvite },
  { name: 'the bot heard the start of the conversation', fault: noStart },
  { name: 'both transfer requests of the bot were accepted', fault: refusedRequest },
  { name: 'the bot heard that the first target is busy', fault: (call) => wrongStatus(call, 0, 'failed', 'busy') },
  { name: 'the bot heard that the second target answered', fault: (call) => wrongStatus(call, 1, 'answered') },
  { name: 'the bot heard one outcome for each attempt', fault: wrongNumberOfOutcomes },
  { name: 'the bot had its leg until the grace period was over', fault: earlyBye },
  { name: 'the bot was disconnected after the grace period', fault: lateBye },
  { name: 'the bot heard that the conversation ended as transferred', fault: wrongEnd },
];

function wrongInvite(call: CallEvidence): string | undefined {
  const invites = call
    .requests('bot', 'in', 'INVITE')
    .filter(({ message }) => !/;\s*tag=/.test(headerOf(message, 'To') ?? ''));
  const [invite] = invites;
  if (!invite || invites.length > 1) return `it got ${invites.length} INVITEs`;
  const missing = ['X-Call-ID', 'X-Call-API'].filter((name) => !headerOf(invite.message, name));
  return missing.length === 0 ? undefined : `${missing.join(' and ')} missing`;
}

function noStart(call: CallEvidence): string | undefined {
  const { length } = call.events('start');
  return length === 1 ? undefined : `it heard ${length} start events`;
}

function refusedRequest(call: CallEvidence): string | undefined {
  const accepted = call.requestsOfBot('transfer').filter(({ status }) => status >= 200 && status < 300);
  const ids = new Set(accepted.map(({ activity }) => activity.id));
  return ids.size === 2 ? undefined : `${ids.size} of 2 were accepted`;
}

function wrongStatus(call: CallEvidence, attempt: 0 | 1, status: string, reasonCode?: string): string | undefined {
  const value = call.events('transferStatus')[attempt]?.event.value;
  if (value === undefined) return 'it heard nothing of this attempt';
  if (value.status === status && value.reasonCode === reasonCode && value.target === targetsOf(call.plan)[attempt])
    return undefined;
  return `it heard ${JSON.stringify(value)}`;
}

function wrongNumberOfOutcomes(call: CallEvidence): string | undefined {
  const { length } = call.events('transferStatus');
  return length === 2 ? undefined : `it heard ${length}`;
}

function earlyBye(call: CallEvidence): string | undefined {
  const [bye] = call.requests('bot', 'in', 'BYE');
  const from = call.handedOverAt();
  if (from === undefined) return 'no target answered, so no grace period began';
  const afterMs = (bye?.at ?? Infinity) - from;
  return afterMs >= call.plan.graceMs
    ? undefined
    : `BYE came after ${afterMs} ms; the grace is ${call.plan.graceMs} ms`;
}

function lateBye(call: CallEvidence): string | undefined {
  const byes = call.requests('bot', 'in', 'BYE');
  const from = call.handedOverAt();
  if (byes.length !== 1) return `it got ${byes.length} BYEs`;
  if (from === undefined) return 'no target answered, so no grace period began';
  const afterMs = (byes[0]?.at ?? Infinity) - from;
  return afterMs <= call.plan.graceMs + BYE_TOLERANCE_MS ? undefined : `BYE came only after ${afterMs} ms`;
}

function wrongEnd(call: CallEvidence): string | undefined {
  const heard = call.events('conversationEnd').map(({ event }) => String(event.value?.reasonCode));
  return heard.join() === 'transferred' ? undefined : `it heard ${heard.join(', ') || 'no end'}`;
}
