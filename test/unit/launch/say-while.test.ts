import { afterEach, describe, expect, it, jest } from '@jest/globals';

const { sayWhile } = jest.requireActual<{
  sayWhile: <T>(text: string, work: () => Promise<T>, everyMs?: number) => Promise<T>;
}>('../../../launch/setup/say.js');

afterEach(() => {
  jest.restoreAllMocks();
});

describe('a step of the set-up', () => {
  it('is said when it begins, and again while it lasts', async () => {
    const lines: string[] = [];
    let finish = (): void => undefined;
    const work = new Promise<string>((resolve) => (finish = () => resolve('done')));
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      if (lines.push(String(text)) === 3) finish();
      return true;
    });
    expect(await sayWhile('building', () => work, 1)).toBe('done');
    expect(lines[0]).toBe('[set-up] building ...\n');
    for (const line of lines.slice(1)) expect(line).toMatch(/^\[set-up\] still building \(\d+ s\)\n$/);
  });

  it('passes its failure on', async () =>
    expect(sayWhile('building', () => Promise.reject(new Error('no room')))).rejects.toThrow('no room'));
});
