import type { BotEvent } from '../../../contracts/bot-events';

/** What a bot can leave unanswered. */
export type Held = 're-INVITE' | 'BYE' | 'transferStatus';

/** To the bot's process, about the call of a caller; one that it does not know is no matter. */
export type BotOrder = { caller: string } & (
  | { order: 'pick up' }
  /** Until it is released. Answered by `holding`. */
  | { order: 'hold'; what: Held }
  | { order: 'release' }
);

export interface PostedEvent {
  /** Milliseconds since the epoch. */
  at: number;
  callId: string;
  event: BotEvent;
}

/** From the bot's process. */
export type BotWord =
  | { word: 'holding'; caller: string }
  /** Said before the webhook answers. */
  | { word: 'event'; posted: PostedEvent };
