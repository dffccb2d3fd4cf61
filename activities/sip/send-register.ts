import type { SendRegisterInput, SendRegisterResult } from '../../contracts/activities-trunk';
import type { ContactValue } from './contact-values';
import { readContacts } from './contact-values';
import { requireSent } from './failures';
import { finalAnswer } from './final-answer';
import type { PeerResponse, SipPort } from './port';
import { sipUser, trunkContact, trunkParameter } from './trunk-contact';

/** REGISTER (RFC 3261 section 10.2), with an answer to a challenge, to its final response. */
export async function sendRegister(port: SipPort, input: SendRegisterInput): Promise<SendRegisterResult> {
  const { trunk, login, domain, target, outboundProxy, sipCallId, fromTag, cseq, expiresS, effectId } = input;
  const sent = requireSent(
    await port.send({
      method: 'REGISTER',
      uri: target,
      ...(outboundProxy === undefined ? {} : { proxy: outboundProxy }),
      trunk,
      effectId,
      headers: {
        'Call-ID': sipCallId,
        CSeq: `${cseq} REGISTER`,
        From: `<sip:${sipUser(login)}@${domain}>;tag=${fromTag}`,
        To: `<sip:${sipUser(login)}@${domain}>`,
        Contact: `${trunkContact({ id: trunk, login })};expires=${expiresS}`,
        Expires: String(expiresS),
      },
    }),
    port.keepsEffects
  );
  return registerResult(await finalAnswer(sent, port.keepsEffects), sent.cseq, input);
}

function registerResult(answer: PeerResponse, cseq: number, input: SendRegisterInput): SendRegisterResult {
  const { status: sipStatus, reason: reasonPhrase } = answer;
  const contacts = readContacts(answer.header('Contact') ?? '');
  const number = (name: string): number | undefined => {
    const value = Number.parseInt(answer.header(name) ?? '', 10);
    return Number.isNaN(value) ? undefined : value;
  };
  const [minExpiresS, retryAfterS] = [number('Min-Expires'), number('Retry-After')];
  const result = {
    sipStatus,
    reasonPhrase,
    cseq,
    ...(minExpiresS === undefined ? {} : { minExpiresS }),
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
    contacts: sipStatus >= 300 && sipStatus < 400 ? contacts.map(({ uri }) => uri) : [],
  };
  if (sipStatus >= 300) return result;
  return { ...result, grantedS: longestOf(contacts, input.trunk) ?? number('Expires') ?? input.expiresS };
}

/** A registrar lists every binding of the login. Of those with the trunk's name, which other nodes may have made, the new one lasts longest. */
function longestOf(contacts: readonly ContactValue[], trunk: string): number | undefined {
  const own = contacts.filter(({ uri }) => trunkParameter(uri)?.toLowerCase() === trunk.toLowerCase());
  const granted = own.map(({ expiresS }) => expiresS).filter((each) => each !== undefined);
  return granted.length === 0 ? undefined : Math.max(...granted);
}
