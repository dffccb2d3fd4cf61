import { describe, it, expect } from '@jest/globals';
import { z } from 'zod';
import type { Fault } from '../../../contracts/failures';
import { describeIssue, faultsOf, pathText } from '../../../contracts/zod-faults';

const faults = (schema: z.ZodType, value: unknown): Fault[] =>
  faultsOf(schema.safeParse(value, { error: describeIssue }).error!, ['activities', 0]);

describe('faults of a parse', () => {
  it.each([
    [z.boolean(), 'yes', 'must be a boolean'],
    [z.string(), 1, 'must be a string'],
    [z.int(), 1.5, 'must be an integer'],
    [z.int().max(10), 11, 'must be at most 10'],
    [z.int().min(0), -1, 'must be at least 0'],
    [z.string().max(2), 'abc', 'must have at most 2 characters'],
    [z.array(z.string()).min(1), [], 'must have at least 1 entry'],
    [z.array(z.string()), {}, 'must be a list'],
    [z.object({}), [], 'must be an object'],
    [z.record(z.string(), z.string()), 1, 'must be an object'],
    [z.enum(['a', 'b']), 'c', 'must be a or b'],
    [z.string().regex(/^a/, 'does not begin with a'), 'b', 'does not begin with a'],
  ])('says what is wrong: case %#', (schema, value, message) => {
    expect(faults(z.object({ it: schema }), { it: value })).toEqual([{ path: 'activities[0].it', message }]);
  });

  it('says that a member is missing', () => {
    expect(faults(z.object({ it: z.enum(['a']) }), {})).toEqual([{ path: 'activities[0].it', message: 'is missing' }]);
  });

  it('writes paths as people do', () => {
    expect(pathText(['activities', 0, 'activityParams', 'transferSipHeaders', 2, 'value'])).toBe(
      'activities[0].activityParams.transferSipHeaders[2].value'
    );
    expect(pathText([])).toBe('');
  });
});
