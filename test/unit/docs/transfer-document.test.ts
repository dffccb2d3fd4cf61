import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { formatted } from '../../support/formatted';
import { withTable } from '../../support/transfer-rows/document';
import { SCRIPTS } from '../../support/transfer-rows/scripts';
import { TRANSFER_ROWS } from '../../support/transfer-rows/table';

const FILE = path.join(__dirname, '../../../docs/transfer.md');
const NUMBERS = Array.from({ length: 41 }, (_, i) => i + 1);

const numberOf = (id: string): number => Number.parseInt(id, 10);

it('docs/transfer.md shows the table; WRITE_DOCS=1 writes it anew', () => {
  const current = formatted(withTable(readFileSync(FILE, 'utf8'), TRANSFER_ROWS), FILE);
  if (process.env['WRITE_DOCS'] !== undefined) writeFileSync(FILE, current);
  expect(readFileSync(FILE, 'utf8')).toBe(current);
});

it('the table has every row, in order, and a script for each', () => {
  const ids = TRANSFER_ROWS.map(({ id }) => id);
  expect(ids).toEqual([...ids].sort((a, b) => numberOf(a) - numberOf(b) || a.localeCompare(b)));
  expect([...new Set(ids.map(numberOf))]).toEqual(NUMBERS);
  expect(Object.keys(SCRIPTS).sort()).toEqual([...ids].sort());
});
