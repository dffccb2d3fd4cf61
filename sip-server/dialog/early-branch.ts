import { parseCSeq } from '../message/cseq';
import type { SipRequest, SipResponse } from '../message/message';
import { tagOf } from '../message/name-addr';
import { rackOf, requiresReliable, rseqOf } from '../message/reliability';
import type { Dialog } from './dialog';
import { recordRoutes, remoteTargetOf } from './route-set';
import type { SentRequest } from './sent-request';
import { sdpOf } from './session-description';

/** What our requests to one branch of an INVITE need, once a reliable response has made its early dialog (RFC 3261 section 12.1). */
export interface EarlyBranch {
  /** RSeq of the last reliable response that was taken. */
  rseq: number;
  /** A reliable response of it carried a description. */
  hasSdp: boolean;
  remoteParty: string;
  remoteTarget: string;
  routeSet: readonly string[];
  localCseq: number;
}

/**
 * Takes a provisional response to an INVITE of ours.
 * @returns false for a reliable one that came before or out of order, which counts as not received (RFC 3262 section 4)
 */
export function takeProvisional(sent: SentRequest, response: SipResponse): boolean {
  const { dialog, invite, request } = sent;
  const rseq = rseqOf(response.headers);
  const tag = tagOf(response.headers.get('To') ?? '')?.toLowerCase();
  if (dialog === undefined || invite === undefined || tag === undefined) return true;
  if (rseq === undefined || !requiresReliable(response.headers)) return true;
  const known = invite.branches.get(tag);
  if (known !== undefined && rseq !== known.rseq + 1) return false;
  const branch = known ?? newBranch(request, response, rseq);
  invite.branches.set(tag, branch);
  branch.rseq = rseq;
  branch.hasSdp ||= sdpOf(response) !== undefined;
  if (dialog.state === 'early') dialog.enterBranch(branch);
  return true;
}

/** Turns to the branch that a PRACK of the application is for. */
export function enterBranchOf(dialog: Dialog, prack: SipRequest['headers']): void {
  const rseq = rackOf(prack)?.rseq;
  if (dialog.state !== 'early' || dialog.branch?.rseq === rseq) return;
  const branch = [...(dialog.latestInvite?.branches.values() ?? [])].find((other) => other.rseq === rseq);
  if (branch !== undefined) dialog.enterBranch(branch);
}

function newBranch({ uri, headers }: SipRequest, response: SipResponse, rseq: number): EarlyBranch {
  return {
    rseq,
    hasSdp: false,
    remoteParty: response.headers.get('To') ?? '',
    remoteTarget: remoteTargetOf(response.headers) ?? uri,
    routeSet: recordRoutes(response.headers).reverse(),
    localCseq: parseCSeq(headers.get('CSeq') ?? '')?.number ?? 0,
  };
}
