import { SipHeaders } from '../message/headers';
import type { SipRequest } from '../message/message';
import { parseNameAddr } from '../message/name-addr';
import { defaultContact } from './contact';
import type { Dialog } from './dialog';
import { laterHeaders, substituteLocalhost } from './localhost';
import { asRequestUri, isLoose } from './route-set';

/** What the application decides about a request: everything else comes from the dialog. */
export interface RequestDraft {
  method: string;
  headers: SipHeaders;
  body: Buffer;
}

const fromDialog = new Set(['via', 'route', 'record-route', 'rseq', 'content-length', 'call-id', 'cseq', 'from', 'to']);
const withContact = new Set(['INVITE', 'SUBSCRIBE', 'REFER', 'UPDATE', 'NOTIFY']);

/** Builds a request inside a dialog with its Request-URI and Route by RFC 3261 section 12.2.1.1. */
export function buildInDialogRequest(dialog: Dialog, draft: RequestDraft, cseq: number): SipRequest {
  const { uri, routes } = routing(dialog);
  const headers = new SipHeaders();
  for (const route of routes) headers.append('Route', route);
  headers.append('Max-Forwards', draft.headers.get('Max-Forwards') ?? '70');
  headers.append('From', dialog.localParty);
  headers.append('To', dialog.remoteParty);
  headers.append('Call-ID', dialog.callId);
  headers.append('CSeq', `${cseq} ${draft.method}`);
  if (withContact.has(draft.method) && !draft.headers.has('Contact')) {
    headers.append('Contact', dialog.localContact ?? defaultContact(dialog.listener, /^sips:/i.test(uri)));
  }
  for (const [name, value] of draft.headers.entries()) {
    const key = name.toLowerCase();
    if (!fromDialog.has(key) && key !== 'max-forwards') headers.append(name, value);
  }
  substituteLocalhost(headers, laterHeaders, dialog.listener);
  return { kind: 'request', method: draft.method, uri, headers, body: draft.body };
}

/** The URI that a request of this dialog is sent to: the first route, else the remote target. */
export function nextHopUri(dialog: Dialog): string {
  const [first] = dialog.routeSet;
  return first === undefined ? dialog.remoteTarget : parseNameAddr(first).uri;
}

function routing(dialog: Dialog): { uri: string; routes: readonly string[] } {
  const [first, ...rest] = dialog.routeSet;
  if (first === undefined) return { uri: dialog.remoteTarget, routes: [] };
  if (isLoose(first)) return { uri: dialog.remoteTarget, routes: dialog.routeSet };
  return { uri: asRequestUri(parseNameAddr(first).uri), routes: [...rest, `<${dialog.remoteTarget}>`] };
}

/** Before the answer there is no re-INVITE, and the callee sends no BYE (RFC 3261 sections 14 and 15). */
export function isTooEarly({ state, role }: Dialog, { method }: RequestDraft): boolean {
  return state === 'early' && (method === 'INVITE' || (method === 'BYE' && role === 'uas'));
}

/** True for a request that may not cross another offer (RFC 3261 section 14.1, RFC 3311 section 5.1). */
export function isOffer({ method, body }: RequestDraft): boolean {
  return method === 'INVITE' || (method === 'UPDATE' && body.length > 0);
}

/** BYE without the application's word. */
export function byeBecause(reason: string): RequestDraft {
  const headers = SipHeaders.from([['Reason', `SIP;cause=200;text="${reason}"`]]);
  return { method: 'BYE', headers, body: Buffer.alloc(0) };
}
