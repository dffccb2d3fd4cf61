import { randomUUID } from 'node:crypto';
import { parseCSeq } from '../message/cseq';
import { SipHeaders } from '../message/headers';
import { formatHostPort } from '../message/host-port';
import { newTag } from '../message/identifiers';
import type { SipRequest } from '../message/message';
import { tagOf, withTag } from '../message/name-addr';
import type { Listener } from '../transport/types';
import { defaultContact, needsSips, reachableContact } from './contact';
import { initialCseq } from './initial-cseq';
import { initialHeaders, substituteLocalhost } from './localhost';

const ignored = new Set(['via', 'route', 'record-route', 'rseq', 'content-length']);
const leading = new Set(['from', 'to', 'call-id', 'cseq', 'max-forwards', 'contact']);
const withContact = new Set(['INVITE', 'SUBSCRIBE']);

/** Completes a request outside of a dialog (RFC 3261 section 8.1.1) that leaves from `listener`, except for its Via. */
export function completeInitialRequest(draft: SipRequest, listener: Listener): SipRequest {
  const given = draft.headers;
  const isSecure = needsSips(draft);
  const headers = new SipHeaders();
  headers.append('Max-Forwards', given.get('Max-Forwards') ?? '70');
  headers.append('From', given.get('From') ?? defaultContact(listener));
  headers.append('To', given.get('To') ?? `<${draft.uri}>`);
  headers.append('Call-ID', given.get('Call-ID') ?? `${randomUUID()}@${formatHostPort(listener.advertised)}`);
  headers.append('CSeq', `${cseqNumber(given) ?? initialCseq()} ${draft.method}`);
  const contacts = given.all('Contact');
  if (contacts.length === 0 && withContact.has(draft.method)) contacts.push(defaultContact(listener, isSecure));
  for (const contact of contacts) headers.append('Contact', contact);
  for (const [name, value] of given.entries()) {
    const key = name.toLowerCase();
    if (!ignored.has(key) && !leading.has(key)) headers.append(name, value);
  }
  substituteLocalhost(headers, initialHeaders, listener);
  const from = headers.get('From') ?? '';
  if (tagOf(from) === undefined) headers.set('From', withTag(from, newTag()));
  const contact = headers.get('Contact');
  if (contact !== undefined && draft.method !== 'REGISTER') {
    headers.set('Contact', reachableContact(contact, listener, isSecure));
  }
  return { kind: 'request', method: draft.method, uri: draft.uri, headers, body: draft.body };
}

/** The number of an application's CSeq, with or without a method behind it. */
function cseqNumber(headers: SipHeaders): number | undefined {
  const text = headers.get('CSeq') ?? '';
  return (parseCSeq(text) ?? parseCSeq(`${text} ANY`))?.number;
}
