import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = path.join(__dirname, '../../..');
const DOCS = path.join(ROOT, 'docs');

const textOf = (file: string): string => readFileSync(path.join(DOCS, file), 'utf8');

/** Tests as documents name them: `sip/set-up`, wf `call`. */
const testsIn = (text: string): string[] => [
  ...[...text.matchAll(/`((?:unit|workflow|sip|replay)\/[\w./-]+)`/g)].map(([, name = '']) => name),
  ...[...text.matchAll(/\bwf `([\w-]+)`/g)].map(([, name = '']) => `workflow/${name}`),
];

/** Lines of a document's tables but their heads. */
const rulesOf = (text: string): string[] =>
  text
    .split('\n')
    .filter((line, i, all) => line.startsWith('|') && !/^\| -/.test(line) && !/^\| -/.test(all[i + 1] ?? ''));

describe.each(readdirSync(DOCS).filter((file) => file.endsWith('.md')))('docs/%s', (file) => {
  it('names no test that is not there', () => {
    const isThere = (name: string): boolean => existsSync(path.join(ROOT, 'test', `${name}.test.ts`));
    expect(testsIn(textOf(file)).filter((name) => !isThere(name))).toEqual([]);
  });
});

it.each(['routing.md', 'calls.md'])('docs/%s has a test for every rule', (file) => {
  const rules = rulesOf(textOf(file));
  expect(rules.length).toBeGreaterThan(40);
  expect(rules.filter((rule) => testsIn(rule).length === 0)).toEqual([]);
});
