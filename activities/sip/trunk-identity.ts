import type { OutboundTrunk } from '../../contracts/outbound-trunk';
import type { SipHeaderField } from '../../contracts/transfer';
import { sipUser, trunkContact } from './trunk-contact';
import { nameOf } from './trunk-destinations';

export interface Caller {
  number: string;
  displayName?: string;
}

/** Fields that say who calls. The SIP server puts its address in the place of `localhost`. */
export interface Identity {
  /** Without a tag. */
  from: string;
  headers: SipHeaderField[];
}

/** As a peer sees a caller that goes over no trunk: its number at our address. */
export function plainIdentity({ number, displayName }: Caller): Identity {
  return { from: `${named(displayName)}<sip:${sipUser(number)}@localhost>`, headers: [] };
}

/**
 * As a trunk wants to see it. From names the login or the caller, P-Asserted-Identity the other one (RFC 3325 section 9.1): the trunk knows
 * both whom to bill and whom to show. A caller who withholds the number stays unnamed (RFC 3323 section 4.2).
 */
export function trunkIdentity(
  { number, displayName }: Caller,
  { id, over }: { id: string; over: OutboundTrunk }
): Identity {
  const { login, hosts, callerId } = over;
  const at = (user: string): string => `<sip:${sipUser(user)}@${nameOf(hosts[0] ?? '')}>`;
  const [own, caller] = [at(login), `${named(displayName)}${at(number)}`];
  const contact = { name: 'Contact', value: trunkContact({ id, login }) };
  const asserted = (value: string): SipHeaderField => ({ name: 'P-Asserted-Identity', value });
  if (number === '' || /^anonymous$/i.test(number)) {
    const from = callerId === 'login' ? own : '"Anonymous" <sip:anonymous@anonymous.invalid>';
    return { from, headers: [contact, asserted(own), { name: 'Privacy', value: 'id' }] };
  }
  return callerId === 'login'
    ? { from: `${named(displayName)}${own}`, headers: [contact, asserted(caller)] }
    : { from: caller, headers: [contact, asserted(own)] };
}

function named(displayName: string | undefined): string {
  return displayName === undefined ? '' : `"${displayName.replace(/["\\]/g, '\\$&')}" `;
}
