import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { ALL_CELLS, nameOf } from '../../crash/cells';
import { survivalDocument } from '../../crash/document';
import type { MatrixResult } from '../../crash/result';
import { formatted } from '../../support/formatted';

const docs = path.join(__dirname, '../../../docs');
const FILE = path.join(docs, 'survival.md');
const result = JSON.parse(readFileSync(path.join(docs, 'survival.json'), 'utf8')) as MatrixResult;

it('docs/survival.md shows docs/survival.json; WRITE_DOCS=1 writes it anew', () => {
  const current = formatted(survivalDocument(result), FILE);
  if (process.env['WRITE_DOCS'] !== undefined) writeFileSync(FILE, current);
  expect(readFileSync(FILE, 'utf8')).toBe(current);
});

it('the run had every cell', () => {
  expect([...new Set(result.cells.map(nameOf))].sort()).toEqual(ALL_CELLS.map(nameOf).sort());
});
