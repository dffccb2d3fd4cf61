import type { SipRequest } from '../message/message';
import type { Dialog } from './dialog';

/** A final response that no application is asked for. */
export type Refusal = readonly [status: number, ...headers: (readonly [string, string])[]];

export const noDialog: Refusal = [481];
/** What a server that takes no new calls says. Half a minute is long enough to choose another one. */
export const noNewCalls: Refusal = [503, ['Retry-After', '30']];
const retryShortly: Refusal = [500, ['Retry-After', '2']];

/** Why an INVITE without To tag cannot make its dialog: one with the same id lives. */
export function clashWith(existing: Dialog): Refusal | undefined {
  if (existing.state === 'ended') return undefined;
  // RFC 3261 section 8.2.2.2: the same request came over another path, or it is our own.
  return existing.role === 'uac' || existing.state === 'early' ? [482] : [491];
}

/** Why a request in a dialog is refused before any application sees it. */
export function inDialogRefusal({ method, headers, body }: SipRequest, dialog: Dialog): Refusal | undefined {
  if (dialog.state === 'ended') return method === 'NOTIFY' ? undefined : noDialog;
  const isOurOfferPending = dialog.latestInvite?.state === 'pending' || dialog.isUpdatePending;
  const isUpdatePending = dialog.peerUpdate?.isPending === true;
  switch (method) {
    case 'BYE':
      // RFC 3261 section 15: the callee may not send BYE in an early dialog.
      return dialog.state === 'early' && dialog.role === 'uac' ? noDialog : undefined;
    case 'INVITE':
      if (isOurOfferPending) return [491];
      if (dialog.peerInvite !== undefined || isUpdatePending) return retryShortly;
      return headers.has('Contact') ? undefined : [400];
    case 'UPDATE':
      if (body.length === 0) return undefined;
      if (isUpdatePending) return retryShortly;
      if (dialog.isUpdatePending) return [491];
      if (dialog.state === 'early') return undefined;
      if (isOurOfferPending) return [491];
      return dialog.peerInvite === undefined ? undefined : retryShortly;
    default:
      return undefined;
  }
}
