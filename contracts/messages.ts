import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ArrivedInvite, CallerAnswer, CallPhase, CallView } from './call';
import type { BotEvent } from './bot-events';
import type { DialectName } from './dialects';
import type { EdgeReading, Said } from './edge-reading';
import type { LegName } from './ids';
import type { LegRecord, RequestKey } from './leg';
import type { ReadContext } from './read-context';
import type { TransferToken } from './transfer-token';

/** Type name of the call workflow. */
export const CALL_WORKFLOW_TYPE = 'callWorkflow';

/** The caller gave up before an answer (RFC 3261 section 9). */
export const callerCancelledSignal = defineSignal('callerCancelled');

/** The caller was refused, or its INVITE was over, before our answer could go out. */
export const callerGoneSignal = defineSignal('callerGone');

export interface CallerAcknowledged {
  /** The caller's answer to the offer in our 200; empty when the ACK carried none. */
  sdp: string;
}
/** The ACK of a caller whose INVITE left the offer to us. */
export const callerAcknowledgedSignal = defineSignal<[CallerAcknowledged]>('callerAcknowledged');

export interface DtmfReceived {
  leg: LegName;
  request: RequestKey;
  digits: string;
}
/** A leg's peer sent digits by INFO. */
export const dtmfReceivedSignal = defineSignal<[DtmfReceived]>('dtmfReceived');

export interface DialogEnded {
  leg: LegName;
  /** Of a leg of ours: its dialog. A target that was left for another host of its trunk had one of its own. */
  dialogId?: string;
  /** The BYE that ended it; absent when the SIP server ended the dialog itself. */
  request?: RequestKey;
  /** Value of the Reason header (RFC 3326), or the SIP server's own words. */
  reason?: string;
  /** Nobody has ended it: the SIP server has no such dialog any more. */
  isLost?: true;
}
/** A leg's dialog has ended. */
export const dialogEndedSignal = defineSignal<[DialogEnded]>('dialogEnded');

export interface NodeLost {
  /** In an operator's words. */
  reason?: string;
}
/** The call's SIP node never comes back: no leg is up any more. */
export const nodeLostSignal = defineSignal<[NodeLost]>('nodeLost');

export interface ReferNotified {
  leg: LegName;
  request: RequestKey;
  /** `id` parameter of the Event header: the CSeq number of the REFER (RFC 3515 section 2.4.6). */
  referCseq?: number;
  /** First status line of the sipfrag; absent when the body holds none. */
  sipStatus?: number;
  reasonPhrase?: string;
  /** Q.850 cause in the sipfrag's Reason header (RFC 3326). */
  cause?: number;
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
export const activitiesSentSignal = defineSignal<[payload: unknown, edge?: EdgeReading | undefined]>('activitiesSent');

/** The bot of a connector can push activities now. */
export const webSocketOpenedSignal = defineSignal('webSocketOpened');

/** What became of one activity. */
export interface ActivityReceipt {
  id: string;
  name: string;
  /** `recorded`: kept in the record, since there is no media to play it into. `delayed`: waits for its `delay`, or behind one that does. `ignored`: has no effect here. */
  status: 'accepted' | 'joined' | 'recorded' | 'delayed' | 'ignored';
  /** Of a transfer. */
  attemptId?: string;
}
/**
 * Carries out a bot's activities; takes the same payload as the signal.
 * Refused with `InvalidActivity`, `CallNotReady` or `TransferInProgress`.
 */
export const sendActivitiesUpdate = defineUpdate<ActivityReceipt[], [unknown]>('sendActivities');

/** A bot's REFER: the transfer it asks for as an activity, and its CSeq number, which names the reports that it gets. */
export interface BotRefer {
  referCseq: number;
  activity: { id: string } & Record<string, unknown>;
}
/** Begins the transfer that a bot asked for by REFER on its leg. Refused as `sendActivities` is. */
export const requestTransferUpdate = defineUpdate<ActivityReceipt[], [BotRefer]>('requestTransfer');

/** A bot's payload with what it says; `referCseq` where it is that of a `BotRefer`. */
export interface ReadPayload extends Required<Said> {
  referCseq?: number;
}
/** As `sendActivities` and `requestTransfer`, for what has been read before. Workers of older versions do not know it. */
export const sendReadActivitiesUpdate = defineUpdate<ActivityReceipt[], [ReadPayload]>('sendReadActivities');

/** Ends the call on an operator's word and returns its phase. Refused with `CallNotReady` when it has ended. */
export const endCallUpdate = defineUpdate<CallPhase, [{ reason?: string }]>('endCall');

/** Resolves when it is known how to answer the caller's INVITE. Sent with the update id `ANSWER_UPDATE_ID` by whoever holds the INVITE. */
export const awaitAnswerUpdate = defineUpdate<CallerAnswer>('awaitAnswer');
export const ANSWER_UPDATE_ID = 'answer';

/** An INVITE that shows the token of a REFER of ours: the peer calls the number that we referred it to. */
export interface ReturnedCall {
  token: TransferToken;
  /** The trunks that send from its source. */
  trunks: string[];
  /** Request-URI. */
  uri: string;
  /** Its `Max-Forwards`. */
  maxForwards: number;
  /** A hash of what makes the INVITE one, the same in every delivery. */
  inviteId: string;
  invite: Pick<ArrivedInvite, 'transactionId' | 'sipCallId' | 'remoteTag' | 'caller' | 'callerDisplayName' | 'sdp'>;
}
/**
 * Calls the target of the pending attempt for a call that came back because of our REFER, and resolves with the answer to its INVITE. Refused
 * with `InvalidActivity` unless the token, the number and the trunk are those of the attempt, and it is the first such call.
 */
export const bridgeReturnedUpdate = defineUpdate<CallerAnswer, [ReturnedCall]>('bridgeReturned');

export interface ReturnedGone {
  inviteId: string;
}
/** The peer that called back has cancelled, or was gone before our answer. */
export const returnedGoneSignal = defineSignal<[ReturnedGone]>('returnedGone');

/** The call at a glance, with its timeline. */
export const callStateQuery = defineQuery<CallView>('callState');

/** An event of the bot's conversation. */
export interface BotTimelineEntry {
  /** Counts the conversation's events from 1; only the latest are kept. */
  n: number;
  event: BotEvent;
}

/** What a bot's conversation has heard. */
export interface BotTimeline {
  /** That of the call; `ended` when the conversation is over. */
  phase: CallPhase;
  timeline: BotTimelineEntry[];
  /** The bot's words. */
  dialect?: DialectName;
  language?: string;
  sendEventsToBot?: string[];
}
/** The events that the bot of the call hears. */
export const botTimelineQuery = defineQuery<BotTimeline>('botTimeline');

export interface CallLegs {
  /** The legs whose dialogs are up. */
  legs: LegRecord[];
  /** The legs that talk with each other. */
  joined: [LegName, LegName][];
  /** Legs are being joined anew: no offer of theirs may cross. */
  isJoining: boolean;
  /** Digits of the caller are events of the bot. */
  takesDtmf: boolean;
  /** The caller's ACK is awaited: it carries the answer to our offer. */
  awaitsAnswer: boolean;
}
/** What is needed to pass a request of one leg on to the other. */
export const callLegsQuery = defineQuery<CallLegs>('callLegs');

export interface CallReading {
  /** Name of the call's SIP node, whose workers know the trunks that its bot may name. */
  node: string;
  /** `CallInput.contextName`. */
  contextName?: string;
  /** Of the parameters that hold now; absent when they are not known by a name. */
  paramsName?: string;
  context: ReadContext;
}
/** What the words of the call's bot are read by now. */
export const callReadingQuery = defineQuery<CallReading>('callReading');
