import type { EndReasonCode } from '../../../contracts/call';
import type { TransferEvidence, TransferReasonCode } from '../../../contracts/transfer';

/**
 * What peers do with a transfer, and what must come of it: the one place where that is written. `scripts.ts` plays each row on the wire,
 * docs/transfer.md shows the table.
 */
export interface TransferRow {
  /** Number and, where outcomes differ within a number, a letter. */
  id: string;
  /** What the peer does, or somebody while the attempt is pending. */
  peer: string;
  /** Trunk settings without which the row goes otherwise. */
  setting?: string;
  outcome: RowOutcome;
  /** What the engine does about it, where the outcome does not say all. */
  note?: string;
}

export interface RowOutcome {
  /** What `transferStatus` says; `none`: there is none. */
  status: 'answered' | 'failed' | 'none';
  reasonCode?: TransferReasonCode;
  evidence?: TransferEvidence;
  /** `bot`: the bot has the caller back. `target`: caller and target talk through us. Otherwise the reason with which the call ends. */
  call: 'bot' | 'target' | EndReasonCode;
}

const answered = (evidence: TransferEvidence): RowOutcome => ({ status: 'answered', evidence, call: 'transferred' });
const back = (reasonCode: TransferReasonCode, evidence: TransferEvidence): RowOutcome => ({
  status: 'failed',
  reasonCode,
  evidence,
  call: 'bot',
});
const lost = (reasonCode: TransferReasonCode, evidence: TransferEvidence, call: EndReasonCode): RowOutcome => ({
  status: 'failed',
  reasonCode,
  evidence,
  call,
});
const joined: RowOutcome = { status: 'answered', evidence: 'response', call: 'target' };
const none = (call: 'bot' | EndReasonCode): RowOutcome => ({ status: 'none', call });

/** By REFER: reports of the transferee. */
const REPORTS: TransferRow[] = [
  { id: '1', peer: '202, reports 100, 180 and 200, then hangs up', outcome: answered('notify') },
  {
    id: '2',
    peer: '202, reports 200 at once and stays',
    outcome: answered('notify'),
    note: 'BYE to the caller after `callerByeMs`',
  },
  { id: '3', peer: 'accepts with 200 or 204 in the place of 202', outcome: answered('notify') },
  { id: '4', peer: 'reports 202 or 204', outcome: answered('notify') },
  { id: '5', peer: 'reports 486 or 600', outcome: back('busy', 'notify') },
  { id: '6', peer: 'reports 603, 607 or 608', outcome: back('declined', 'notify') },
  { id: '7a', peer: 'reports 408, 480, 487 or 504', outcome: back('no-answer', 'notify') },
  { id: '7b', peer: 'reports 480 with Reason Q.850 cause 17', outcome: back('busy', 'notify') },
  { id: '7c', peer: 'reports 480 or 403 with Q.850 cause 21', outcome: back('declined', 'notify') },
  { id: '7d', peer: 'reports 480 with Q.850 cause 1, 3 or 28', outcome: back('error', 'notify') },
  { id: '8', peer: 'reports 403, 404, 484, 488, 500 or 503', outcome: back('error', 'notify') },
  { id: '9', peer: 'reports 302', outcome: back('error', 'notify') },
  {
    id: '10',
    peer: '202, then hangs up without a report',
    outcome: answered('bye'),
    note: 'presumed; a report is waited for during `byeLingerMs`',
  },
  { id: '11', peer: 'hangs up, then reports 200', outcome: answered('notify-late') },
  {
    id: '12',
    peer: 'hangs up, then reports 486',
    outcome: lost('busy', 'notify-late', 'client-disconnected'),
    note: 'the caller is lost: `failed-and-lost` in the record, a warning in the log',
  },
  { id: '13a', peer: 'reports 180, then hangs up', outcome: answered('bye-ambiguous'), note: 'presumed' },
  {
    id: '13b',
    peer: 'reports 180, then hangs up',
    setting: '`refer.byeWhileRinging: failed`',
    outcome: lost('error', 'bye-ambiguous', 'client-disconnected'),
  },
  { id: '14', peer: '202, then silence', outcome: back('no-answer', 'timer') },
  { id: '15', peer: 'reports 100 and 180, then silence', outcome: back('no-answer', 'timer') },
  {
    id: '16a',
    peer: 'ends the subscription with 183, and stays',
    outcome: back('error', 'sub-ended'),
    note: 'a BYE is waited for during `subscriptionEndWatchMs`',
  },
  { id: '16b', peer: 'ends the subscription with 183, then hangs up', outcome: answered('bye') },
  { id: '17a', peer: 'ends the subscription without a body, and stays', outcome: back('error', 'sub-ended') },
  { id: '17b', peer: 'ends the subscription without a body, then hangs up', outcome: answered('bye') },
  { id: '18a', peer: 'ends the subscription as `rejected`', outcome: back('declined', 'sub-ended') },
  { id: '18b', peer: 'ends the subscription as `deactivated`', outcome: back('error', 'sub-ended') },
  { id: '19', peer: 'reports 100 before its 202, then 200', outcome: answered('notify') },
  {
    id: '20',
    peer: 'reports 200 for an older REFER, and 180 twice, then 603 for this one',
    outcome: back('declined', 'notify'),
    note: 'answered 200 and ignored',
  },
  {
    id: '21',
    peer: 'reports 486 in lower case, with bare line feeds, headers and a second status line',
    outcome: back('busy', 'notify'),
    note: 'the first status line counts; a body without one is no status',
  },
  {
    id: '22a',
    peer: 'reports 486 from a tag of its own, in no dialog that we know',
    outcome: back('busy', 'notify'),
    note: 'Call-ID and our tag tell the call',
  },
  { id: '22b', peer: 'reports 200 under tags of nobody, then 486', outcome: back('busy', 'notify'), note: '481' },
];

/** Answers of the transferee, what else can happen, and transfers by INVITE. */
const ANSWERS: TransferRow[] = [
  { id: '23a', peer: 'REFER gets 405, 420, 489 or 501', outcome: back('error', 'response') },
  {
    id: '23b',
    peer: 'REFER gets 405, 420, 489 or 501; the target answers our INVITE',
    setting: '`transferMethod: auto`',
    outcome: joined,
    note: 'the bot hears of the REFER only when the INVITE fails too',
  },
  { id: '24a', peer: 'REFER gets 603', outcome: back('declined', 'response') },
  {
    id: '24b',
    peer: 'REFER gets 603; the target answers our INVITE',
    setting: '`transferMethod: auto`',
    outcome: joined,
    note: 'trunks mean "feature off" by it; `referRefusedWith`',
  },
  { id: '25a', peer: 'REFER gets 400, 403, 404, 416, 488 or 503', outcome: back('error', 'response') },
  {
    id: '25b',
    peer: 'REFER gets 403; the target answers our INVITE',
    setting: '`transferMethod: auto`',
    outcome: joined,
  },
  { id: '26', peer: 'REFER gets 401 or 407', outcome: back('error', 'response') },
  { id: '27', peer: 'REFER gets 429', outcome: back('error', 'response') },
  {
    id: '28a',
    peer: 'REFER gets 491 or 500 with Retry-After, then 202 and a report of 200',
    outcome: answered('notify'),
    note: 'a new REFER after the pause that RFC 3261 section 14.1 or the peer names, three times at most',
  },
  { id: '28b', peer: 'REFER gets 491 four times', outcome: back('error', 'response') },
  { id: '29', peer: 'REFER gets 481', outcome: lost('error', 'response', 'error'), note: 'the dialog is dead' },
  {
    id: '30a',
    peer: 'no answer to the REFER; OPTIONS is answered',
    outcome: back('error', 'timer'),
    note: 'a report of success that still comes makes the caller’s BYE `transferred`',
  },
  { id: '30b', peer: 'no answer to REFER and OPTIONS', outcome: lost('error', 'timer', 'error') },
  {
    id: '31',
    peer: '202 with `Refer-Sub: false`',
    setting: '`refer.norefersub: true`',
    outcome: answered('accepted-only'),
    note: 'nothing more is heard: no way back',
  },
  { id: '32', peer: 'the caller hangs up before the REFER is answered', outcome: none('client-disconnected') },
  { id: '33a', peer: 'the bot hangs up while the target rings', outcome: none('bot-disconnected') },
  {
    id: '33b',
    peer: 'the bot cancels the transfer while the target rings',
    outcome: back('error', 'local'),
    note: 'a REFER cannot be called back: see 30a for what may still come',
  },
  {
    id: '34',
    peer: 'the bot asks again while the target rings, for the same target and for another; then 486',
    outcome: back('busy', 'notify'),
    note: 'the same joins, another is refused',
  },
  { id: '35', peer: 'the caller’s side sends REFER', outcome: none('bot'), note: '603' },
  { id: '36', peer: 'INVITE: the target rings and answers', outcome: joined },
  {
    id: '37',
    peer: 'INVITE: the caller hangs up, and the target answers into our CANCEL',
    outcome: none('client-disconnected'),
    note: 'ACK and BYE to the target',
  },
  {
    id: '38',
    peer: 'INVITE: two branches answer',
    outcome: joined,
    note: 'the first has the call, ACK and BYE to the other',
  },
  {
    id: '39',
    peer: 'INVITE: the target rings on',
    outcome: back('no-answer', 'timer'),
    note: 'CANCEL after `ringTimeoutMs`',
  },
  {
    id: '40',
    peer: 'INVITE: the target answers, the caller refuses its media',
    outcome: back('error', 'media'),
    note: 'BYE to the target',
  },
  { id: '41a', peer: 'reports the 481 of a target that knows no dialog to replace', outcome: back('error', 'notify') },
  {
    id: '41b',
    peer: 'reports the 486 of a target whose dialog to replace is answered',
    outcome: back('busy', 'notify'),
  },
  {
    id: '41c',
    peer: 'reports the 603 of a target whose dialog to replace has ended',
    outcome: back('declined', 'notify'),
  },
];

export const TRANSFER_ROWS: readonly TransferRow[] = [...REPORTS, ...ANSWERS];
