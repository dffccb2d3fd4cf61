import { effectId } from '../../../contracts/ids';
import type { TransferOutcome, TransferReasonCode } from '../../../contracts/transfer';
import { sendReport } from '../effects';
import { failureText, isActivityFailure } from '../failure';
import type { CallSession } from '../session';
import { isUp } from '../state';
import { REPORT_ANSWER_MS } from '../timeouts';
import type { PendingTransfer } from './pending';

/** What the fragment says of a failure that has no SIP status of its own. */
const STATUS_OF: Readonly<Record<TransferReasonCode, readonly [status: number, phrase: string]>> = {
  'no-answer': [480, 'Temporarily Unavailable'],
  busy: [486, 'Busy Here'],
  declined: [603, 'Decline'],
  error: [500, 'Server Internal Error'],
};

/** Progress of an attempt that the bot asked for by REFER on its leg. */
export function reportProgress(
  call: CallSession,
  { request }: PendingTransfer,
  sipStatus: number,
  phrase: string
): void {
  if (request.referCseq !== undefined) report(call, request.referCseq, sipStatus, phrase);
}

/** The end of such an attempt: its outcome, or the end of the call. */
export function reportOutcome(call: CallSession, { attemptId, request }: PendingTransfer): void {
  if (request.referCseq === undefined) return;
  const outcome = call.state.attempts.find((each) => each.attemptId === attemptId)?.outcome;
  report(call, request.referCseq, ...statusOf(outcome));
}

function statusOf(outcome: TransferOutcome | undefined): readonly [status: number, phrase: string] {
  if (!outcome) return [487, 'Request Terminated'];
  if (outcome.status === 'answered') return [200, 'OK'];
  const [status, phrase] = STATUS_OF[outcome.reasonCode];
  return outcome.sipStatus === undefined || outcome.sipStatus === status
    ? [status, phrase]
    : [outcome.sipStatus, 'Transfer Failed'];
}

/** One after the other, so that the bot hears them in order; its BYE waits for them. */
function report(call: CallSession, referCseq: number, sipStatus: number, reasonPhrase: string): void {
  const { bot } = call.state;
  if (!bot?.record || !isUp(bot)) return;
  const input = {
    effectId: effectId(call.input.callId, 'notify-bot', call.numbers.next('reports')),
    dialogId: bot.record.dialogId,
    referCseq,
    sipStatus,
    reasonPhrase,
    expiresS: Math.ceil(call.input.trunk.maxCallMs / 1_000),
    withinMs: REPORT_ANSWER_MS,
  };
  const send = (): Promise<void> => sendReport.executeWithOptions({ summary: `NOTIFY ${sipStatus} → bot` }, [input]);
  call.reports = (call.reports ?? Promise.resolve()).then(send).catch((err: unknown) => {
    if (!isActivityFailure(err)) throw err;
    call.note({ event: 'ReportFailed', detail: `${sipStatus}: ${failureText(err)}` });
  });
  call.sendings.add(call.reports);
}
