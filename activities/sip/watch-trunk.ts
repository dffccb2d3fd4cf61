import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { WatchTrunkInput, WatchTrunkResult } from '../../contracts/activities-trunk';
import { afterProvisional } from './final-answer';
import type { SipPort } from './port';
import { sipUser } from './trunk-contact';

/** What is worse than before must show twice: one lost datagram is no outage. */
const ROUNDS_TO_GET_WORSE = 2;

const RANK = { up: 0, degraded: 1, down: 2 };

/** OPTIONS to a trunk's targets (RFC 3261 section 11), until what they tell is no longer what was seen last. */
export async function watchTrunk(port: SipPort, input: WatchTrunkInput): Promise<WatchTrunkResult> {
  for (let worse = 0; ;) {
    const seen = await look(port, input);
    worse = seen && RANK[seen.reach] > RANK[input.reach] ? worse + 1 : 0;
    const isBetter = seen !== undefined && RANK[seen.reach] < RANK[input.reach];
    if (seen && (isBetter || worse === ROUNDS_TO_GET_WORSE)) return seen;
    await Context.current().sleep(input.intervalMs);
  }
}

/** @returns undefined when nothing could be asked: that tells nothing of the trunk */
async function look(port: SipPort, input: WatchTrunkInput): Promise<WatchTrunkResult | undefined> {
  const [first, ...others] = input.targets;
  for (const target of input.targets) {
    const answer = await ping(port, input, target);
    if (answer === undefined) return undefined;
    if (answer.isThere) return { reach: target === first ? 'up' : 'degraded', detail: `${target}: ${answer.words}` };
  }
  return { reach: 'down', detail: others.length === 0 ? `${first ?? ''} is silent` : 'no target answers' };
}

/** Any answer of a living peer will do, a refusal too. */
async function ping(
  port: SipPort,
  { login, domain, outboundProxy }: WatchTrunkInput,
  target: string
): Promise<{ isThere: boolean; words: string } | undefined> {
  const sending = await port.send({
    method: 'OPTIONS',
    uri: target,
    ...(outboundProxy === undefined ? {} : { proxy: outboundProxy }),
    headers: {
      From: `<sip:${sipUser(login)}@${domain}>;tag=${randomUUID()}`,
      To: `<${target}>`,
      Accept: 'application/sdp',
    },
  });
  if (sending.kind !== 'sent') return undefined;
  const answer = await afterProvisional(sending);
  if (answer.kind !== 'response') return undefined;
  const isThere = answer.status !== 408 && answer.status !== 503;
  return { isThere, words: `${answer.status} ${answer.reason}` };
}
