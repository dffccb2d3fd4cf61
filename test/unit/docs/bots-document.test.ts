import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readActivities } from '../../../activities/bot/read-activities';
import type { DialectName } from '../../../contracts/dialects';
import { DIALECT_NAMES, dialectNamed, isAnswer } from '../../../contracts/dialects';
import { sessionParamsSchema } from '../../../contracts/schemas';
import { BOT_EVENTS } from '../../support/bot-events';
import { formatted } from '../../support/formatted';

const FILE = path.join(__dirname, '../../../docs/bots.md');
const CALL = { id: 'mfrggzdfmztwq2lk', language: 'en-US', sendEventsToBot: ['conversationEnd'] };

/** What bots of each framework hear, written between its marks. */
function withEvents(markdown: string): string {
  return markdown.replace(
    /(<!-- hears ([\w-]+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => {
      const dialect = dialectNamed(name as DialectName);
      const blocks = BOT_EVENTS.map(
        (event) => `\`\`\`json ${name} hears\n${JSON.stringify(dialect.tell(CALL, [event])[0])}\n\`\`\`\n`
      );
      return `${begin}\n<details>\n<summary>What the bot hears</summary>\n\n${blocks.join('\n')}\n</details>\n${end}`;
    }
  );
}

it('docs/bots.md shows what bots of each framework hear; WRITE_DOCS=1 writes it anew', () => {
  const current = formatted(withEvents(readFileSync(FILE, 'utf8')), FILE);
  if (process.env['WRITE_DOCS'] !== undefined) writeFileSync(FILE, current);
  const document = readFileSync(FILE, 'utf8');
  expect(document).toBe(current);
  for (const name of DIALECT_NAMES) expect(document.split(`json ${name} hears`)).toHaveLength(BOT_EVENTS.length + 1);
});

it('docs/bots.md and docs/transfer.md have every parameter', () => {
  const documents = [FILE, path.join(path.dirname(FILE), 'transfer.md')].map((file) => readFileSync(file, 'utf8'));
  const rows = documents
    .join('\n')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const named = new Set(
    rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name))
  );
  expect(Object.keys(sessionParamsSchema.shape).filter((name) => !named.has(name))).toEqual([]);
});

const said = [...readFileSync(FILE, 'utf8').matchAll(/^```json ([\w-]+) says\n([\s\S]*?)^```$/gm)].map(
  ([, dialect = '', text = '']) => [dialect as DialectName, text] as const
);

it('every framework says something', () => {
  expect(new Set(said.map(([dialect]) => dialect))).toEqual(new Set(DIALECT_NAMES));
});

describe.each(said)('%s says %s', (dialect, text) => {
  const policy = { host: 'trunk.example', allowTargets: ['^sip:'] };
  const presets = { transferTarget: 'sip:desk@trunk.example' };

  it('which is carried out, also as an answer', () => {
    const payload: unknown = JSON.parse(text);
    const reading = readActivities(payload, { presets, policy, dialect });
    expect(reading).toMatchObject({ activities: expect.arrayContaining([expect.anything()]) });
    expect(isAnswer(payload, dialect)).toBe(true);
  });
});
