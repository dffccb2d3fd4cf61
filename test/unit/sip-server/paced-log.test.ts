import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { PacedLog } from '../../../sip-server/transport/paced-log';

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

it('writes the first line of a source at once, and one with a count at the end of each second', () => {
  const log = new PacedLog();
  const counts: number[] = [];
  const write = (count: number): number => counts.push(count);
  for (let event = 0; event < 10; event += 1) log.note('a', write);
  expect(counts).toEqual([1]);
  jest.advanceTimersByTime(1000);
  expect(counts).toEqual([1, 9]);
  log.note('a', write);
  jest.advanceTimersByTime(2000);
  expect(counts).toEqual([1, 9, 1]);
  expect(jest.getTimerCount()).toBe(0);
  log.note('a', write);
  expect(counts).toEqual([1, 9, 1, 1]);
});

it('tells sources apart, and those beyond a thousand no more', () => {
  const log = new PacedLog();
  const lines: string[] = [];
  for (let source = 0; source < 1500; source += 1) log.note(`s${source}`, (count) => lines.push(`${source}: ${count}`));
  expect(lines.slice(-2)).toEqual(['999: 1', '1000: 1']);
  jest.advanceTimersByTime(1000);
  expect(lines.slice(1001)).toEqual(['1000: 499']);
});
