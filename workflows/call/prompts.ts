import type { PromptRecord, TimelineEntry } from '../../contracts/call';

/** Prompts kept for the record, and how many characters of them: a record must fit into one message of Temporal's, 2 MB. */
const PROMPTS_KEPT = 100;
const CHARACTERS_KEPT = 200_000;

const DETAIL_LENGTH = 80;

/**
 * Adds a prompt; the oldest give way.
 * @returns its line in the timeline
 */
export function keepPrompt(prompts: PromptRecord[], prompt: PromptRecord): Omit<TimelineEntry, 'n' | 'at'> {
  prompts.push(prompt);
  let characters = prompts.reduce((sum, { content }) => sum + content.length, 0);
  while (prompts.length > PROMPTS_KEPT || characters > CHARACTERS_KEPT)
    characters -= prompts.shift()?.content.length ?? 0;
  return { event: 'PromptRecorded', detail: `${prompt.name}: ${prompt.content.slice(0, DETAIL_LENGTH)}` };
}
