import type { EndReasonCode } from './call';
import type { TransferMethod, TransferReasonCode } from './transfer';

interface BotEventBase {
  /** Fixed per event, so that a repeated POST is known by it. */
  id: string;
  /** ISO 8601 with ms, UTC. */
  timestamp: string;
  type: 'event';
}

/** First event of a conversation. Field names: VoiceAI Connect, call initiation. */
export interface StartEvent extends BotEventBase {
  name: 'start';
  parameters: {
    vaigConversationId: string;
    caller: string;
    callerHost: string;
    callerDisplayName?: string;
    callee: string;
    calleeHost: string;
  };
}

/** Outcome of one transfer attempt. Field names: VoiceAI Connect, transfer status; those from `attemptId` on are ours. */
export interface TransferStatusEvent extends BotEventBase {
  name: 'transferStatus';
  value: {
    status: 'answered' | 'failed';
    reasonCode?: TransferReasonCode;
    reason?: string;
    attemptId: string;
    target: string;
    /** Absent when the request was refused before a method was chosen. */
    method?: TransferMethod;
    /** Final status of the target's leg or of the REFER, where one is known. */
    sipStatus?: number;
    /** What the outcome rests on: `TransferEvidence`. */
    evidence: string;
    /** Ms from the request to the outcome. */
    elapsedMs?: number;
  };
}

/** The target rings. Sent where the channel asks for it, once per provisional status. */
export interface TransferProgressEvent extends BotEventBase {
  name: 'transferProgress';
  value: { attemptId: string; target: string; method: TransferMethod; sipStatus: number; elapsedMs: number };
}

/** The target of a transfer with `continueCall` has left, and the caller talks with the bot again. The name and the event are ours. */
export interface CallContinuedEvent extends BotEventBase {
  name: 'callContinued';
  value: { attemptId: string; target: string };
}

/** Digits of the caller. Field names: VoiceAI Connect, receiving DTMF. */
export interface DtmfEvent extends BotEventBase {
  name: 'DTMF';
  value: string;
}

/** A URL that could not be played, for bots that asked to hear of it. Field names: VoiceAI Connect, play URL. */
export interface PlayUrlFailedEvent extends BotEventBase {
  name: 'playUrlFailed';
  value: { playUrlUrl: string; reason: string; selfGenerated: boolean };
}

/** Parameters whose values have changed, with the new ones; null: no longer set. Field names: VoiceAI Connect, parameter changes. */
export interface ParamChangedEvent extends BotEventBase {
  name: 'paramChanged';
  value: Record<string, unknown>;
}

/** Last event of a conversation. */
export interface ConversationEndEvent extends BotEventBase {
  name: 'conversationEnd';
  value: { reasonCode: EndReasonCode; reason: string };
}

export type BotEvent =
  | StartEvent
  | TransferStatusEvent
  | TransferProgressEvent
  | CallContinuedEvent
  | DtmfEvent
  | PlayUrlFailedEvent
  | ParamChangedEvent
  | ConversationEndEvent;

/** Body of a POST to a channel's webhook. */
export interface BotEventsBody {
  /** The call id. */
  conversation: string;
  activities: BotEvent[];
}
