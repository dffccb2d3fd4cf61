import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CallerAnswer, CallView } from './call';
import type { LegName } from './ids';
import type { LegRecord, RequestKey } from './leg';

/** Type name of the call workflow. */
export const CALL_WORKFLOW_TYPE = 'callWorkflow';

/** The caller gave up before an answer (RFC 3261 section 9). */
export const callerCancelledSignal = defineSignal('callerCancelled');

export interface DialogEnded {
  leg: LegName;
  /** The BYE that ended it; absent when the SIP server ended the dialog itself. */
  request?: RequestKey;
  /** Value of the Reason header (RFC 3326), or the SIP server's own words. */
  reason?: string;
}
/** A leg's dialog has ended. */
export const dialogEndedSignal = defineSignal<[DialogEnded]>('dialogEnded');

export interface ReferNotified {
  leg: LegName;
  request: RequestKey;
  /** `id` parameter of the Event header: the CSeq number of the REFER (RFC 3515 section 2.4.6). */
  referCseq?: number;
  /** First status line of the sipfrag; absent when the body holds none. */
  sipStatus?: number;
  reasonPhrase?: string;
  subscription: { state: string; reason?: string };
}
/** A NOTIFY of a REFER's subscription came in. */
export const referNotifiedSignal = defineSignal<[ReferNotified]>('referNotified');

export interface MediaChanged {
  /** Legs with new session descriptions, as they are now. */
  legs: { leg: LegName; localSdp: string; remoteSdp: string }[];
}
/** An offer of one leg was accepted by the other. */
export const mediaChangedSignal = defineSignal<[MediaChanged]>('mediaChanged');

/** A bot's activities, sent as a signal: one Bot API activity, a list, or `{activities: [...]}`. Faults are recorded on the timeline. */
export const activitiesSentSignal = defineSignal<[unknown]>('activitiesSent');

/** What became of one activity. */
export interface ActivityReceipt {
  id: string;
  name: string;
  status: 'accepted' | 'joined';
  /** Of a transfer. */
  attemptId?: string;
}
/**
 * Carries out a bot's activities; takes the same payload as the signal.
 * Refused with `InvalidActivity`, `CallNotReady` or `TransferInProgress`.
 */
export const sendActivitiesUpdate = defineUpdate<ActivityReceipt[], [unknown]>('sendActivities');

/** Resolves when it is known how to answer the caller's INVITE. Sent with the update id `ANSWER_UPDATE_ID` by whoever holds the INVITE. */
export const awaitAnswerUpdate = defineUpdate<CallerAnswer>('awaitAnswer');
export const ANSWER_UPDATE_ID = 'answer';

/** The call at a glance, with its timeline. */
export const callStateQuery = defineQuery<CallView>('callState');

/** The legs that are up, for passing a request of one on to the other. */
export const callLegsQuery = defineQuery<LegRecord[]>('callLegs');
