import type { BotEvent } from './bot-events';
import type { EndReasonCode } from './call';
import type { BotAnswers } from './edge-reading';
import type { CallId } from './ids';

/** A bot behind the AudioCodes Bot API in chat mode, as a call keeps it from its start to its end. Its token is not kept with the call. */
export interface ConnectorOfCall {
  /** `http:` or `https:` URL of the bot. */
  url: string;
  /** The bot's name at that URL. */
  bot: string;
  /** Origins besides the bot's own that the URLs it names may have. */
  allowOrigins?: string[];
  /** The bot is offered to push activities over a WebSocket. */
  offersWebSocket: boolean;
  /** For one request, in ms. */
  timeoutMs: number;
  /** How long a request is repeated before the bot counts as lost, in ms. */
  deadlineMs: number;
  /** What becomes of a call that has lost its bot; absent: it ends. */
  failover?: FailOver;
}

/** Parameters of a transfer, with its target; and the reason for the end where there is none, or no target takes the call. */
export type FailOver = { hangupReason?: string } & Record<string, unknown>;

interface ConversationRequest {
  /** Names the token. */
  botId: string;
  /** The call id is the conversation's. */
  conversation: CallId;
  /** For one request, in ms. */
  timeoutMs: number;
}

export interface CreateConversationInput extends Omit<ConversationRequest, 'timeoutMs'> {
  connector: ConnectorOfCall;
  /** Of the request, the same in each try. */
  id: string;
  /** ISO 8601. */
  timestamp: string;
}

/** What the bot answered, its URLs absolute. */
export interface CreatedConversation {
  activitiesUrl: string;
  refreshUrl?: string;
  disconnectUrl?: string;
  /** `ws:` or `wss:`; the bot pushes what it says. */
  webSocketUrl?: string;
  /** The bot forgets a conversation that is not refreshed within this time. */
  expiresS?: number;
}

export interface PostActivitiesInput extends ConversationRequest {
  url: string;
  activities: BotEvent[];
  /** The answer may be read already. Absent: asked for by a worker of an older version. */
  takesReadings?: true;
}

export interface HoldConversationInput extends ConversationRequest {
  /** `isDue`: at once, since nobody knows how much of its time is left. */
  refresh?: { url: string; expiresS: number; isDue: boolean };
  webSocketUrl?: string;
  /** How long the WebSocket may be away before the bot counts as lost, in ms. */
  deadlineMs: number;
}

export interface DisconnectInput extends ConversationRequest {
  url: string;
  reason: string;
  reasonCode: EndReasonCode;
}

/** Of a failed request to a bot, for the answer to the caller. */
export interface BotRefusal {
  /** HTTP status; absent: no answer. */
  status?: number;
  retryAfterS?: number;
}

/** Each fails with `BotUnreachable`, its details a `BotRefusal`; not retryable when the bot refused for good. */
export interface ConnectorActivities {
  /** Creates the conversation. A repeat names the same conversation. */
  createConversation(input: CreateConversationInput): Promise<CreatedConversation>;
  /** Tells the bot of events. A repeat has the same activity ids. @returns what the bot answered with; its activities where readings are not taken */
  postActivities(input: PostActivitiesInput): Promise<BotAnswers | unknown[]>;
  /**
   * Refreshes the conversation before it expires and holds its WebSocket, whose activities become signals to the call, until it is cancelled.
   * Where it runs again it goes on: refreshes at once, and opens the WebSocket anew.
   */
  holdConversation(input: HoldConversationInput): Promise<void>;
  /** Ends the conversation. One that the bot no longer knows has ended. */
  disconnectConversation(input: DisconnectInput): Promise<void>;
}
