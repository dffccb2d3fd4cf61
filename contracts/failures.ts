/** Types of `ApplicationFailure`. They stand in histories: extend, never rename. */
export const FAILURE = {
  /** The dialog is no longer known to the SIP server or the peer (481). */
  DIALOG_GONE: 'DialogGone',
  /** Nothing was sent: no connection to the SIP server, or it refused the frame. Safe to repeat. */
  NOT_SENT: 'NotSent',
  /** The connection to the SIP server was lost while an answer was awaited. Safe to repeat only with an effect ledger. */
  ANSWER_LOST: 'AnswerLost',
  /** Bytes left and no final response is known: never repeat. */
  TRANSFER_OUTCOME_UNKNOWN: 'TransferOutcomeUnknown',
  /** An activity of a bot does not fit its schema; details list `{path, message}`. */
  INVALID_ACTIVITY: 'InvalidActivity',
  /** The call cannot do what was asked in its present phase. */
  CALL_NOT_READY: 'CallNotReady',
  /** Another transfer is pending on the call. */
  TRANSFER_IN_PROGRESS: 'TransferInProgress',
  /** The receiver of call records did not take one. */
  RECORD_NOT_TAKEN: 'RecordNotTaken',
  /** The bot's HTTP endpoint did not take an event. */
  BOT_UNREACHABLE: 'BotUnreachable',
} as const;

/** One fault of an input, with the path to it such as `activities[0].activityParams.transferTarget`. */
export interface Fault {
  path: string;
  message: string;
}
