import type { ConnectorOfCall } from './connector';
import type { DialectName } from './dialects';
import type { CallId } from './ids';
import type { OutboundTrunk } from './outbound-trunk';
import type { TargetPattern } from './target-patterns';
import type { ReferProfile, SipHeaderField, TransferAttemptRecord, TransferMethodChoice } from './transfer';
import type { TargetTimers, TransferTimers } from './transfer-timers';

/** A call's life. `connected` (caller and target joined through us) belongs to transfers by INVITE. */
export const CALL_PHASES = [
  'arriving',
  'ringing',
  'conversing',
  'transferring',
  'grace',
  'connected',
  'ended',
] as const;
export type CallPhase = (typeof CALL_PHASES)[number];

/**
 * Why a call ended. The first four are VoiceAI Connect's words for the bot; `bot-unavailable`, `caller-cancelled` and `caller-gone` are
 * set-up failures of ours that no bot conversation hears. `sip-node-lost`: the node with the call's dialogs was given up;
 * `operator-disconnected`: an operator ended the call; of both the bot hears `error`.
 */
export type EndReasonCode =
  | 'client-disconnected'
  | 'bot-disconnected'
  | 'transferred'
  | 'error'
  | 'bot-unavailable'
  | 'caller-cancelled'
  | 'caller-gone'
  | 'sip-node-lost'
  | 'operator-disconnected';

/** Who or what ended a call. `limit`: its longest duration. `fault`: something broke. */
export type EndedBy = 'caller' | 'bot' | 'target' | 'transfer' | 'operator' | 'limit' | 'fault';

export interface CallEnd {
  reasonCode: EndReasonCode;
  reason: string;
  by: EndedBy;
}

/** The trunk's settings that a call keeps from its start to its end. */
export interface TrunkOfCall {
  id: string;
  /** `host[:port]` of the trunk, for targets given as numbers; absent when none is configured. */
  host?: string;
  /** Of a trunk without a host: where calls to numbers go, `host[:port]`. */
  outboundProxy?: string;
  /** How calls go out over it; absent for a trunk without a host: from our own address, straight to their target. */
  outbound?: OutboundTrunk;
  /** It registers or is watched, so that its state is known. */
  isWatched?: true;
  /** Numbers go into Refer-To as `tel:` URIs. */
  preserveTelUri?: boolean;
  /** Patterns of which a transfer target must match one, see `target-patterns.ts`. */
  allowTargets: TargetPattern[];
  /** Patterns of which it must match none. Default: emergency and premium numbers. */
  denyTargets?: TargetPattern[];
  /** Ring time-out of a transfer target in ms, from acceptance of the REFER. */
  ringTimeoutMs: number;
  /** The other timers of a transfer; absent ones have their defaults. */
  transferTimers?: Partial<TransferTimers>;
  /** How transfers go when the bot does not say; absent: `refer`. */
  transferMethod?: TransferMethodChoice;
  /** With `auto`: final answers to a REFER, besides those that say it is unknown, that lead to the INVITE. Absent: 403 and 603. */
  referRefusedWith?: number[];
  /** The target of a transfer by INVITE is called without an offer and makes it itself (RFC 3725 flow I). */
  lateOffer?: boolean;
  /** Other timers for some targets; the first pattern that fits counts. */
  targetTimers?: TargetTimers[];
  /** How the trunk's peers take REFER. */
  refer?: ReferProfile;
  /** A call is ended when it has lasted this many ms. */
  maxCallMs: number;
}

/** The bot channel's settings that a call keeps from its start to its end. */
export interface ChannelOfCall {
  botId: string;
  /**
   * `sip:` URI that is called as the bot's leg: the bot's own, or the announcement server or speech gateway of its `mediaUri`. Absent: the
   * caller is answered without media and the bot has the call by its webhook or the API alone.
   */
  leg?: string;
  /** The channel's own patterns for targets, beside those of the trunk. */
  allowTargets?: TargetPattern[];
  denyTargets?: TargetPattern[];
  /** Transfer attempts that the channel may make in an hour, over all its calls. Absent: no limit. */
  attemptsPerHour?: number;
  /** The bot hears the caller's digits as `DTMF` events. */
  takesDtmf: boolean;
  /** The framework whose words the bot uses. Default `bot-api`. */
  dialect?: DialectName;
  /** BCP 47 tag that events carry in frameworks that want one. Default `en-US`. */
  language?: string;
  /** Events that are sent only to bots that list them: `conversationEnd` to Dialogflow. */
  sendEventsToBot?: string[];
  /** The bot hears that a target rings, as `transferProgress` events. */
  transferProgress?: boolean;
  /** Events are POSTed here; absent when the bot wants none. */
  webhook?: string;
  /** The bot is reached by the Bot API in chat mode, with this engine as its client; then there is no webhook. */
  connector?: ConnectorOfCall;
  /** Parameters of bot activities that stand when the bot does not give them. */
  presets: Record<string, unknown>;
}

/** What the caller's INVITE said: the facts needed to act, not the message. */
export interface ArrivedInvite {
  /** Transaction id at the SIP server, the same in every delivery of this INVITE. */
  transactionId: string;
  /** Call-ID header. */
  sipCallId: string;
  remoteTag: string;
  /** The dialled number: the user part of the request-URI. */
  callee: string;
  calleeHost: string;
  caller: string;
  callerHost: string;
  callerDisplayName?: string;
  /** Header fields of the trunk's pass list. */
  headers: SipHeaderField[];
  /** The caller's offer, as received; empty when the INVITE left the offer to us (RFC 3261 section 13.2.1). */
  sdp: string;
}

/** Input of the call workflow. */
export interface CallInput {
  callId: CallId;
  /** Name of the SIP node that holds the caller's dialog. */
  node: string;
  trunk: TrunkOfCall;
  channel: ChannelOfCall;
  invite: ArrivedInvite;
  /** Where the bot reaches this call over HTTP; sent to it as `X-Call-API`. */
  apiUrl: string;
  /**
   * What the bot sends while more goes on is read by an activity. Absent in calls that began when it was always a local one.
   */
  readsByActivity?: true;
  /** Names all that its bot's words are read by but the parameters that come later. Absent in calls that began before they were read at the edge. */
  contextName?: string;
  /** Nothing but the record is the work of a local activity (ADR 4). Absent in calls that began before. */
  withoutLocalActivities?: true;
  /** The call goes on in a run with a new history when the present one has so many events. Absent: when Temporal suggests it. */
  historyEventsPerRun?: number;
  /** The record is pushed to the receiver that the workers have configured. */
  pushesRecord?: true;
}

/** What the process that holds the caller's INVITE answers it with. */
export interface CallerAnswer {
  sipStatus: number;
  reasonPhrase?: string;
  sdp?: string;
  retryAfterS?: number;
}

/** One line of a call's timeline. `at` is ISO 8601 in UTC. */
export interface TimelineEntry {
  /** Counts a call's entries from 1; only the latest are kept. */
  n: number;
  at: string;
  event: string;
  detail?: string;
}

/** What the `callState` query and the API tell of a call. */
export interface CallView {
  callId: CallId;
  phase: CallPhase;
  node: string;
  trunk: string;
  botId: string;
  caller: string;
  callee: string;
  startedAt: string;
  answeredAt?: string;
  endedAt?: string;
  end?: CallEnd;
  transfers: TransferAttemptRecord[];
  timeline: TimelineEntry[];
}

/** A prompt of the bot that was not played: there is no media engine. */
export interface PromptRecord {
  at: string;
  /** `message` or `playUrl`. */
  name: string;
  /** The text, or the URL. */
  content: string;
}

/** A transfer that was never attempted: its target is malformed or denied, or the channel's budget is used up. */
export interface RefusedTransfer {
  /** ISO 8601 in UTC. */
  at: string;
  reason: string;
}
