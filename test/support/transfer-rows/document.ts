import type { TransferRow } from './table';

const BEGIN = '<!-- rows: begin -->';
const END = '<!-- rows: end -->';

/** The document with the table in the place of the one it has. */
export function withTable(document: string, rows: readonly TransferRow[]): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the document lacks ${BEGIN} … ${END}`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${tableOf(rows)}\n\n${document.slice(end)}`;
}

function tableOf(rows: readonly TransferRow[]): string {
  const heads = ['', 'What happens', '`transferStatus`', 'Rests on', 'Then', 'Note'];
  return [heads, heads.map(() => '---'), ...rows.map(cellsOf)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const THEN: Partial<Record<string, string>> = { bot: 'the bot has the call', target: 'caller and target talk' };

function cellsOf({ id, peer, setting, outcome, note = '' }: TransferRow): string[] {
  const { status, reasonCode, evidence, call } = outcome;
  const told = { answered: 'answered', failed: `failed, ${reasonCode}`, none: 'none' }[status];
  const then = THEN[call] ?? `end: \`${call}\``;
  return [id, setting === undefined ? peer : `${peer} (${setting})`, told, evidence ?? '', then, note];
}
