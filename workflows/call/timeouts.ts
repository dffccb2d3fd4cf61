/** Named durations of a call, in ms unless the name says otherwise. */

/** A bot that does not ring within 10 s is not there: callers hang up in silence soon after. */
export const BOT_FIRST_RING_MS = 10_000;

/** How long a bot may ring. */
export const BOT_ANSWER_MS = 60_000;

/** The bot's INVITE as a whole: ringing, the end of a cancelled one (64*T1 = 32 s), and a worker's loss and return. */
export const BOT_INVITE_MS = 105_000;

/** A target's INVITE as a whole: the longest ring time (180 s), the end of a cancelled one, and a worker's loss and return. */
export const TARGET_INVITE_MS = 225_000;

/** Two rounds of re-INVITEs, each side with back-offs of 4 s, or one that times out (64*T1). */
export const JOIN_TIMEOUT = '90s';

/** A deadline that is noticed this much too late, in ms: the engine was away, and what happened meanwhile may still be on its way. */
export const NOTICED_LATE_MS = 2_000;

/** What waits for the engine's return is signalled within this time of it, in ms. */
export const CATCH_UP_MS = 5_000;

/**
 * The caller's BYE while a REFER's answer is open: that answer may have come, and its worker died before it could tell. Another worker has it
 * from the ledger within this many ms.
 */
export const ANSWER_AFTER_BYE_MS = 3_000;

/** Asked of the caller when the bot is busy with too many calls and did not say for how long, in seconds. */
export const RETRY_AFTER_S = 5;

/**
 * A worker that dies is noticed after one missed heartbeat time-out, and its activity runs again elsewhere. 1 s is the shortest that a loaded
 * worker keeps up with.
 */
export const HEARTBEAT_TIMEOUT = '1s';

/** REFER: timer F (64*T1 = 32 s, RFC 3261 section 17.1.2.2) plus a worker's loss and return. */
export const REFER_TIMEOUT = '45s';

/** OPTIONS, and NOTIFY to the bot: the longest that a trunk may set, plus a worker's loss and return. */
export const PROBE_TIMEOUT = '45s';

/** A bot answers the NOTIFYs of its REFER within this, in ms, else the next one or its BYE goes out. */
export const REPORT_ANSWER_MS = 5_000;

/** A REFER that is refused for now is sent again this often. */
export const REFER_REPEATS = 3;

/** Pause after a 491 of a peer that owns the Call-ID: anything below this, in steps of 10 ms (RFC 3261 section 14.1). */
export const GLARE_PAUSE_MS = 2_000;

/** A peer that asks for a longer pause than this, in seconds, has refused: the caller would wait for too long. */
export const LONGEST_PAUSE_S = 10;

/** BYE: timer F. */
export const BYE_TIMEOUT = '35s';

/** One question to a channel's budget, with a worker's loss and return. */
export const BUDGET_TRY = '3s';

/** After this the attempt is refused: callers wait meanwhile. */
export const BUDGET_DEADLINE = '8s';

/** One POST to a bot. */
export const BOT_POST_TIMEOUT = '6s';

/** The longest that a bot may ask for its metadata is 60 s. */
export const META_DATA_TIMEOUT = '61s';

/** How long an event to a bot is retried before the call goes on without it. */
export const BOT_EVENT_DEADLINE = '60s';

/** A bot's conversation is held as long as its call may last, which is a day, and its end. */
export const HOLD_TIMEOUT = '25h';

/** The end of a worker that only refreshes a conversation is noticed after so many ms at most: heartbeats of every held call cost something. */
export const IDLE_HEARTBEAT_MS = 10_000;

/** One POST of a record. */
export const RECORD_PUSH_TIMEOUT = '11s';

/** Records are retried for a day: a full disk, or a receiver that is away, gets noticed and mended by then. */
export const RECORD_DEADLINE = '24h';

/** A call that goes on in another run waits this many ms for a workflow task without an update. */
export const BREATH_MS = 10;
