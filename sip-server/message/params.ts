import { splitOutsideQuotes } from './split';

/** Parameters by lower-case name, in their order; undefined for one without `=`. Values as they stand, quotes included. */
export type Params = Map<string, string | undefined>;

/** Parses `;a=1;b;c="x;y"` (a leading semicolon may be missing). The first of equal names counts. */
export function parseParams(text: string): Params {
  const params: Params = new Map();
  for (const part of splitOutsideQuotes(text, ';')) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (name !== '' && !params.has(name)) params.set(name, equals < 0 ? undefined : part.slice(equals + 1).trim());
  }
  return params;
}

/** The inverse: each parameter with its semicolon, or the empty string. */
export function formatParams(params: ReadonlyMap<string, string | undefined>): string {
  let text = '';
  for (const [name, value] of params) text += value === undefined ? `;${name}` : `;${name}=${value}`;
  return text;
}
