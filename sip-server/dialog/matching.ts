import type { SipMessage } from '../message/message';
import { tagOf } from '../message/name-addr';
import type { Dialog } from './dialog';

/**
 * True when a peer's request belongs to the dialog: same Call-ID, To tag ours, From tag the peer's (RFC 3261 section 12.2.2). Until a
 * branch of our INVITE has answered, our own tag decides.
 */
export function isInDialog(dialog: Dialog, request: SipMessage): boolean {
  if (request.headers.get('Call-ID') !== dialog.callId) return false;
  const { localTag, remoteTag } = dialog;
  if (localTag === undefined || !isSameTag(tagOf(request.headers.get('To') ?? ''), localTag)) return false;
  if (dialog.role === 'uac' && (dialog.state === 'early' || remoteTag === undefined)) return true;
  return isSameTag(tagOf(request.headers.get('From') ?? ''), remoteTag);
}

/** Tags are tokens and compare without case (RFC 3261 section 7.3.1). An absent tag equals an absent one (section 12.1.1). */
export function isSameTag(a: string | undefined, b: string | undefined): boolean {
  return a?.toLowerCase() === b?.toLowerCase();
}
