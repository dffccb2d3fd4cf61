import type { PeerDialog } from './peer-dialog';
import type { SipField, SipMessage } from './sip-message';
import { cseqOf, headerOf, splitUriHeaders, uriOf } from './sip-message';
import type { CallResult, UserAgent } from './user-agent';

/** How long the caller talks to the transfer target before hanging up. */
export const TALK_MS = 1_000;

/**
 * Carries out a REFER as a phone does (RFC 3515, RFC 5589 section 6): calls the Refer-To target with its URI headers as header fields and
 * the Referred-By of the REFER, reports by NOTIFY, and leaves the old call once its last NOTIFY of a success was answered.
 */
export async function followRefer(phone: UserAgent, refer: SipMessage, dialog: PeerDialog): Promise<void> {
  const { uri, headers } = splitUriHeaders(uriOf(headerOf(refer, 'Refer-To')));
  const referredBy = headerOf(refer, 'Referred-By');
  const notify = notifier(dialog, cseqOf(refer).number);
  await notify(100, 'Trying');
  const pending: Promise<unknown>[] = [];
  const result = await phone.call(
    uri,
    [...headers, ...(referredBy === undefined ? [] : [{ name: 'Referred-By', value: referredBy }])],
    ({ status = 0, reasonPhrase = '' }) => {
      if (status > 100) pending.push(notify(status, reasonPhrase));
    }
  );
  await Promise.all(pending);
  await notify(result.status, result.reasonPhrase);
  await endBothCalls(dialog, result);
}

async function endBothCalls(dialog: PeerDialog, { dialog: withTarget }: CallResult): Promise<void> {
  if (withTarget === undefined) return;
  await dialog.hangUp();
  await new Promise((resolve) => setTimeout(resolve, TALK_MS));
  await withTarget.hangUp();
}

function notifier(
  dialog: PeerDialog,
  referCseq: number
): (status: number, reasonPhrase: string) => Promise<SipMessage> {
  return (status, reasonPhrase) => {
    const headers: SipField[] = [
      { name: 'Event', value: `refer;id=${referCseq}` },
      { name: 'Subscription-State', value: status < 200 ? 'active;expires=60' : 'terminated;reason=noresource' },
      { name: 'Content-Type', value: 'message/sipfrag;version=2.0' },
    ];
    return dialog.request('NOTIFY', headers, `SIP/2.0 ${status} ${reasonPhrase}\r\n`);
  };
}
