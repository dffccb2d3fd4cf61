import type { NumberGroup } from './number-groups';
import { NUMBER_GROUPS } from './number-groups';

/**
 * A pattern for transfer targets, in one of these forms:
 * - `emergency`, `premium`: a group of numbers
 * - `+49`: E.164 numbers that begin so, written with `+` or `00`
 * - `112`: this number and no longer one
 * - `@pbx.example.com`, `@*.example.com`: targets at this host, or at any host below it, on any port
 * - anything else: a regular expression on the target's URI, without regard to case
 */
export type TargetPattern = string;

/** @returns false for a text that is none of the forms above */
export function isTargetPattern(text: string): boolean {
  try {
    return isOtherForm(text) || new RegExp(text, 'i') instanceof RegExp;
  } catch {
    return false;
  }
}

/** @param target `sip:`, `sips:` or `tel:` URI */
export function matchesTarget(pattern: TargetPattern, target: string): boolean {
  if (!isOtherForm(pattern)) return new RegExp(pattern, 'i').test(target);
  if (pattern.startsWith('@')) return matchesHost(pattern.slice(1), hostOf(target));
  const number = numberOf(target);
  if (number === undefined) return false;
  if (isGroup(pattern)) return NUMBER_GROUPS[pattern](number);
  return pattern.startsWith('+') ? number.replace(/^00/, '+').startsWith(pattern) : number === pattern;
}

const HOST_PATTERN = /^@(?:\*\.)?(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)$/;
const NUMBER_PATTERN = /^\+?\d+$/;

function isOtherForm(pattern: TargetPattern): boolean {
  return isGroup(pattern) || HOST_PATTERN.test(pattern) || NUMBER_PATTERN.test(pattern);
}

function isGroup(pattern: TargetPattern): pattern is NumberGroup {
  return Object.hasOwn(NUMBER_GROUPS, pattern);
}

function matchesHost(wanted: string, host: string | undefined): boolean {
  const name = wanted.toLowerCase();
  return name.startsWith('*.') ? host?.endsWith(name.slice(1)) === true : host === name;
}

/** In lower case, without a port and the dot of the root; undefined for `tel:`. */
function hostOf(target: string): string | undefined {
  const host = /^sips?:(?:[^@]*@)?(\[[^\]]+\]|[^:;?]+)/i.exec(target)?.[1];
  return host?.toLowerCase().replace(/\.$/, '');
}

/** The number that a telephone system would dial for this `sip:` or `tel:` URI: escapes decoded, visual separators and parameters left out. */
export function numberOf(target: string): string | undefined {
  const user = /^(?:sips?:([^@]+)@|tel:(.+))/i.exec(target)?.slice(1).find(Boolean);
  const [part = ''] = (user ?? '').split(/[;:]/);
  const decoded = part.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const number = decoded.replace(/[().\-\s]/g, '');
  return /^\+?[0-9*#]+$/.test(number) ? number : undefined;
}
