import type { Dialect } from './dialect';
import { listedIn } from './dialect';

/** AudioCodes Bot API: one activity, a list, or `{activities: [...]}`; events go out together. Source: VoiceAI Connect, "Bot API". */
export const botApi: Dialect = {
  name: 'bot-api',
  recognises: () => true,
  read: (payload) => listedIn(payload),
  tell: ({ id }, events) => (events.length === 0 ? [] : [{ conversation: id, activities: events }]),
};
