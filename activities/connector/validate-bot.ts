import { askBot } from './ask-bot';
import { validationSchema } from './bot-answers';

/**
 * Asks a URL whether there is a bot of the Bot API behind it, and whether it takes the token.
 * @throws BotUnreachable
 */
export async function validateBot(
  { url, timeoutMs }: { url: string; timeoutMs: number },
  token: string | undefined
): Promise<void> {
  await askBot({ method: 'GET', url, token, timeoutMs, answer: validationSchema }, new AbortController().signal);
}
