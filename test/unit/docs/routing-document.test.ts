import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = path.join(__dirname, '../../..');
const document = readFileSync(path.join(ROOT, 'docs/routing.md'), 'utf8');

/** Lines of the document's tables but their heads. */
const rules = document
  .split('\n')
  .filter((line, i, all) => line.startsWith('|') && !/^\| -/.test(line) && !/^\| -/.test(all[i + 1] ?? ''));

const testsOf = (text: string): string[] =>
  [...text.matchAll(/`((?:unit|workflow|sip)\/[\w./-]+)`/g)].map(([, name = '']) => name);

describe('docs/routing.md', () => {
  it('has a test for every rule', () => {
    expect(rules.length).toBeGreaterThan(40);
    expect(rules.filter((rule) => testsOf(rule).length === 0)).toEqual([]);
  });

  it.each([...new Set(testsOf(document))])('names the test %s, which is there', (name) => {
    expect(existsSync(path.join(ROOT, 'test', `${name}.test.ts`))).toBe(true);
  });
});
