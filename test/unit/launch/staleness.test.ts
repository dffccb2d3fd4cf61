import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

const { packagesAreFresh } = jest.requireActual<{ packagesAreFresh: (root: string) => boolean }>(
  '../../../launch/setup/packages.js'
);
const { buildIsFresh, sourcesFingerprint } = jest.requireActual<{
  buildIsFresh: (root: string) => boolean;
  sourcesFingerprint: (root: string) => string;
}>('../../../launch/setup/build.js');

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'durable-calls-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Writes a file as if at that second. */
function write(file: string, text: string, second: number): void {
  mkdirSync(join(root, file, '..'), { recursive: true });
  writeFileSync(join(root, file), text);
  utimesSync(join(root, file), second, second);
}

describe('installed packages', () => {
  it('are stale when there are none', () => {
    write('package-lock.json', '{}', 100);
    expect(packagesAreFresh(root)).toBe(false);
  });

  it('are stale when the installation did not come to its end', () => {
    write('package-lock.json', '{}', 100);
    write('node_modules/typescript/package.json', '{}', 200);
    expect(packagesAreFresh(root)).toBe(false);
  });

  it('are fresh when the user installed them after the lock file was written', () => {
    write('package-lock.json', '{}', 100);
    write('node_modules/.package-lock.json', '{}', 200);
    expect(packagesAreFresh(root)).toBe(true);
  });

  it('are stale when the lock file is newer and another one', () => {
    write('node_modules/.package-lock.json', '{}', 100);
    write('node_modules/.durable-calls-lock', 'hash of the old one', 100);
    write('package-lock.json', '{"new":true}', 200);
    expect(packagesAreFresh(root)).toBe(false);
  });

  it('are fresh when the lock file was only written again', () => {
    write('node_modules/.package-lock.json', '{}', 100);
    write('node_modules/.durable-calls-lock', createHash('sha256').update('{}').digest('hex'), 100);
    write('package-lock.json', '{}', 200);
    expect(packagesAreFresh(root)).toBe(true);
  });
});

describe('the build', () => {
  beforeEach(() => {
    write('tsconfig.json', '{}', 100);
    write('contracts/call.ts', 'export {};', 100);
    write('launch/demo/bot.ts', 'export {};', 100);
    write('dist/.built-from', sourcesFingerprint(root), 100);
  });

  it('is fresh while no source changes', () => expect(buildIsFresh(root)).toBe(true));

  it('is stale when it was never made', () => {
    rmSync(join(root, 'dist'), { recursive: true });
    expect(buildIsFresh(root)).toBe(false);
  });

  it('is stale when a source was written', () => {
    write('launch/demo/bot.ts', 'export {};', 101);
    expect(buildIsFresh(root)).toBe(false);
  });

  it('is stale when a source went back to an older time', () => {
    write('launch/demo/bot.ts', 'export {};', 50);
    expect(buildIsFresh(root)).toBe(false);
  });

  it('is stale when a source appeared or went', () => {
    write('contracts/new.ts', 'export {};', 100);
    expect(buildIsFresh(root)).toBe(false);
    rmSync(join(root, 'contracts/new.ts'));
    expect(buildIsFresh(root)).toBe(true);
    rmSync(join(root, 'contracts/call.ts'));
    expect(buildIsFresh(root)).toBe(false);
  });

  it('does not mind files that are no sources', () => {
    write('launch/run.js', 'later', 500);
    expect(buildIsFresh(root)).toBe(true);
  });
});
