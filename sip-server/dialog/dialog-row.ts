import type { RequestRow } from '../message/message-row';
import { requestOfRow, rowOfRequest } from '../message/message-row';
import { targetOf } from '../transport/types';
import type { Target } from '../transport/types';
import { rowOfListener } from '../transport/ways-back';
import type { ListenerRow, WaysBack } from '../transport/ways-back';
import { Dialog } from './dialog';
import type { DialogState, Owner } from './dialog';
import type { SentAck } from './sent-invite';
import type { SessionTimerState } from './session-timer';

/** What is kept of a dialog: all that its next request in either direction needs. */
export interface DialogRow {
  /** The process that wrote it. */
  run: string;
  id: string;
  role: 'uac' | 'uas';
  callId: string;
  state: DialogState;
  startedAt: number;
  localParty: string;
  remoteParty: string;
  remoteTarget: string;
  localCseq: number;
  remoteCseq?: number | undefined;
  routeSet: readonly string[];
  localContact?: string | undefined;
  listener: ListenerRow;
  /** The remote end of the connection that the dialog lives on. */
  connection?: Target | undefined;
  natTarget?: Target | undefined;
  peerDomain?: string | undefined;
  owner?: Owner | undefined;
  /** One character a byte. */
  localSdp?: string | undefined;
  remoteSdp?: string | undefined;
  peerTakesUpdate: boolean;
  session: SessionTimerState;
  effectIds: string[];
  forgetAt?: number | undefined;
  lastAck?: { request: RequestRow; bytes: number; target: Target } | undefined;
}

/**
 * CSeq numbers that a dialog skips when another process takes it over: should a request have gone out whose row did not, the next one still
 * has a higher number.
 */
const cseqGap = 100;

export function rowOfDialog(dialog: Dialog, run: string): DialogRow {
  const { id, role, callId, state, localParty, remoteParty, remoteTarget, localCseq, remoteCseq } = dialog;
  const { startedAt, routeSet, localContact, flow, owner, peerTakesUpdate, effectIds, forgetAt } = dialog;
  const { natTarget, peerDomain } = dialog;
  return {
    ...{ run, id, role, callId, state, localParty, remoteParty, remoteTarget, localCseq, remoteCseq },
    ...{ startedAt, routeSet, localContact, owner, peerTakesUpdate, effectIds, forgetAt },
    ...{ natTarget, peerDomain },
    listener: rowOfListener(dialog.listener),
    connection: flow && targetOf(flow),
    localSdp: dialog.localSdp?.toString('latin1'),
    remoteSdp: dialog.remoteSdp?.toString('latin1'),
    session: dialog.session.state,
    lastAck: dialog.lastAck && rowOfAck(dialog.lastAck),
  };
}

/** @param run names this process */
export function dialogOfRow(row: DialogRow, ways: WaysBack, run: string): Dialog {
  const listener = ways.listenerOf(row.listener);
  const flow = row.connection && ways.connectionOf(row.connection);
  const dialog = Dialog.restored(row.id, { ...row, listener, flow }, row.localCseq + (row.run === run ? 0 : cseqGap));
  dialog.state = row.state;
  dialog.startedAt = row.startedAt;
  dialog.remoteCseq = row.remoteCseq;
  dialog.routeSet = row.routeSet;
  dialog.localContact = row.localContact;
  dialog.natTarget = row.natTarget;
  dialog.peerDomain = row.peerDomain;
  dialog.owner = row.owner;
  dialog.localSdp = bytesOf(row.localSdp);
  dialog.remoteSdp = bytesOf(row.remoteSdp);
  dialog.peerTakesUpdate = row.peerTakesUpdate;
  dialog.session.state = row.session;
  dialog.effectIds.push(...row.effectIds);
  dialog.forgetAt = row.forgetAt;
  dialog.lastAck = row.lastAck && ackOfRow(row.lastAck);
  return dialog;
}

function rowOfAck({ request, bytes, nextHop }: SentAck): NonNullable<DialogRow['lastAck']> {
  return { request: rowOfRequest(request), bytes, target: nextHop.target };
}

function ackOfRow({ request, bytes, target }: NonNullable<DialogRow['lastAck']>): SentAck {
  return { request: requestOfRow(request), bytes, flow: undefined, nextHop: { target } };
}

function bytesOf(text: string | undefined): Buffer | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'latin1');
}
