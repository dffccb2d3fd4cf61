import type { core } from 'zod';
import { counted } from './counted';
import type { Fault } from './failures';

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a string',
  boolean: 'a boolean',
  number: 'a number',
  int: 'an integer',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const SIZE_UNITS: Readonly<Record<string, [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
};

/** Words for zod's issues, as the `error` of a parse. A message that a schema brings itself goes before these. */
export function describeIssue(issue: core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return issue.input === undefined ? 'is missing' : `must be ${issue.values.map(String).join(' or ')}`;
    case 'too_big':
      return limit('at most', issue.maximum, issue.origin);
    case 'too_small':
      return limit('at least', issue.minimum, issue.origin);
    default:
      return undefined;
  }
}

function limit(bound: string, amount: number | bigint, origin: string): string {
  const unit = SIZE_UNITS[origin];
  return unit === undefined ? `must be ${bound} ${amount}` : `must have ${bound} ${counted(amount, ...unit)}`;
}

/** @returns the path as people write it: `activities[0].activityParams.transferTarget` */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

/** @param prefix path of the parsed value within the whole input */
export function faultsOf(error: core.$ZodError, prefix: readonly PropertyKey[] = []): Fault[] {
  return error.issues.map(({ path, message }) => ({ path: pathText([...prefix, ...path]), message }));
}
