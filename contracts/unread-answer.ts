/** Stands for what a bot answered that cannot be read, in the place of its activities: the bot is told. */
export interface UnreadAnswer {
  /** Why, as in "is not JSON". */
  unreadAnswer: string;
}

export function isUnreadAnswer(payload: unknown): payload is UnreadAnswer {
  return (
    typeof payload === 'object' &&
    payload !== null &&
    'unreadAnswer' in payload &&
    typeof payload.unreadAnswer === 'string'
  );
}
