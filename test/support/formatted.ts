import { execFileSync } from 'node:child_process';

/** A file's content as prettier would leave it. */
export function formatted(content: string, file: string): string {
  const prettier = require.resolve('prettier/bin/prettier.cjs');
  return execFileSync(process.execPath, [prettier, '--stdin-filepath', file], { input: content, encoding: 'utf8' });
}
