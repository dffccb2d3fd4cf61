import type { ApplicationFailure } from '@temporalio/workflow';
import type {
  ParsedActivity,
  ParsedCancelTransfer,
  ParsedPrompt,
  ParsedTransfer,
  ReadActivities,
} from '../../contracts/activities-read';
import type { Said } from '../../contracts/edge-reading';
import type { Fault } from '../../contracts/failures';
import { FAILURE } from '../../contracts/failures';
import type { ActivityReceipt } from '../../contracts/messages';
import { byTime } from './delayed';
import { digitsInOrder, hangupInOrder, metaDataInOrder } from './in-order';
import { refusal, tellRefusal } from './refusal';
import { takeSessionParams } from './params';
import { reading } from './reading';
import type { CallSession } from './session';
import { openAttempt } from './transfer/open-attempt';
import { countRefusedTransfer, noteRefusedTransfers } from './transfer/refused';
import { trunkOfRequest } from './transfer/trunk-of-request';
import { refuseUnread } from './unread';

/** Carries out what a bot asked for, in order, and says what became of each. The first that is refused ends the list. */
export async function carryOutActivities(
  call: CallSession,
  said: Said,
  referCseq?: number
): Promise<ActivityReceipt[]> {
  refuseUnread(said.payload);
  return reading(call, said, referCseq, (read) => carryOutRead(call, read, referCseq));
}

function carryOutRead(call: CallSession, reading: ReadActivities, referCseq: number | undefined): ActivityReceipt[] {
  if ('faults' in reading) {
    noteRefusedTransfers(call, reading.faults);
    throw refusal(FAILURE.INVALID_ACTIVITY, faultsText(reading.faults), reading.faults);
  }
  takeSessionParams(call, reading);
  const { atOnce, later } = byTime(reading.activities);
  const receipts = atOnce.map((activity) =>
    call.receipts.once(activity.id, () => carryOut(call, asked(activity, referCseq)))
  );
  return [...receipts, ...call.delayed.add(later)];
}

/** As `carryOutActivities`, for a sender that gets no answer: a refusal stands in the timeline and reaches the bot as a failed transfer. */
export async function carryOutSentActivities(call: CallSession, said: Said): Promise<void> {
  try {
    await carryOutActivities(call, said);
  } catch (err) {
    tellRefusal(call, err);
  }
}

/** The activity with the REFER that stands behind it. */
function asked(activity: ParsedActivity, referCseq: number | undefined): ParsedActivity {
  if (activity.kind !== 'transfer' || referCseq === undefined) return activity;
  return { ...activity, request: { ...activity.request, referCseq } };
}

/** @throws a refusal when the call cannot do it now */
export function carryOut(call: CallSession, activity: ParsedActivity): ActivityReceipt {
  const { id, name } = activity;
  if (call.isEnded) throw refusal(FAILURE.CALL_NOT_READY, 'the call has ended');
  switch (activity.kind) {
    case 'transfer':
      return requestTransfer(call, activity);
    case 'cancelTransfer':
      return cancelTransfer(call, activity);
    case 'prompt':
      return recordPrompt(call, activity);
    case 'hangup':
      call.inOrder.add(hangupInOrder(activity));
      break;
    case 'sendDtmf':
      requireAnswered(call);
      call.inOrder.add(...digitsInOrder(activity));
      break;
    case 'sendMetaData':
      requireAnswered(call);
      call.inOrder.add(metaDataInOrder(activity));
      break;
    case 'ignored':
      call.note({ event: 'ActivityIgnored', detail: name });
      return { id, name, status: 'ignored' };
    case 'config':
      break;
  }
  return { id, name, status: 'accepted' };
}

function requestTransfer(call: CallSession, { id, name, request }: ParsedTransfer): ActivityReceipt {
  const { pending, phase, caller } = call.state;
  if (pending && pending.request.target === request.target)
    return { id, name, status: 'joined', attemptId: pending.attemptId };
  const trunk = trunkOfRequest(call, request).id;
  if (pending) {
    countRefusedTransfer('in-progress', trunk);
    throw refusal(FAILURE.TRANSFER_IN_PROGRESS, `a transfer to ${pending.request.target} is pending`);
  }
  if ((phase !== 'conversing' && phase !== 'connected') || !caller?.isUp) {
    countRefusedTransfer('not-ready', trunk);
    throw notReady(phase, 'a transfer needs a caller who talks with the bot or a target');
  }
  return { id, name, status: 'accepted', attemptId: openAttempt(call, request) };
}

/** Gives the pending attempt up. A REFER cannot be called back: what the peer still does with it is heard. */
function cancelTransfer(call: CallSession, { id, name, reason }: ParsedCancelTransfer): ActivityReceipt {
  const { pending, phase, caller } = call.state;
  const isJoining = pending?.method === 'invite' && pending.stage === 'joining';
  if (!pending || isJoining || !caller?.isUp) throw notReady(phase, 'there is no transfer to cancel');
  call.apply({ type: 'TransferCancelled', ...(reason === undefined ? {} : { reason }), atMs: Date.now() });
  return { id, name, status: 'accepted', attemptId: pending.attemptId };
}

/** There is no media to play it into: kept in the record, and said so. */
function recordPrompt(call: CallSession, { id, name, content, notifiesFailure }: ParsedPrompt): ActivityReceipt {
  call.recordPrompt({ at: new Date().toISOString(), name, content });
  const reason = 'there is no media engine';
  if (notifiesFailure)
    call.outbox.post({ name: 'playUrlFailed', value: { playUrlUrl: content, reason, selfGenerated: true } });
  return { id, name, status: 'recorded' };
}

function requireAnswered({ state: { phase, caller } }: CallSession): void {
  if (!caller?.isUp) throw notReady(phase, 'this needs a caller who is connected');
}

function notReady(phase: string, what: string): ApplicationFailure {
  return refusal(FAILURE.CALL_NOT_READY, `the call is ${phase}; ${what}`);
}

function faultsText(faults: Fault[]): string {
  return faults.map(({ path, message }) => `${path} ${message}`).join('; ');
}
