import { headerKey, headerSpelling, isToken } from './header-names';
import { splitOutsideQuotes } from './split';

interface Field {
  readonly key: string;
  readonly name: string;
  readonly value: string;
}

/**
 * The header fields of a message in their order (RFC 3261 section 7.3). Names compare without case and with compact forms expanded,
 * and come out in their registered spelling. A line break in a value becomes a space, so that no value can start a header of its
 * own; a field whose name is not a token is left out.
 */
export class SipHeaders {
  private fields: Field[] = [];

  static from(entries: Iterable<readonly [string, string]>): SipHeaders {
    const headers = new SipHeaders();
    for (const [name, value] of entries) headers.append(name, value);
    return headers;
  }

  /** The value of the first field line of that name. */
  get(name: string): string | undefined {
    const key = headerKey(name);
    return this.fields.find((field) => field.key === key)?.value;
  }

  /** The values of all field lines of that name, each line as it stands. */
  all(name: string): string[] {
    const key = headerKey(name);
    return this.fields.filter((field) => field.key === key).map((field) => field.value);
  }

  /** All list members of all field lines of that name: lines split at commas outside of quotes and of `<...>`. */
  values(name: string): string[] {
    return this.all(name).flatMap((value) => splitOutsideQuotes(value, ','));
  }

  has(name: string): boolean {
    const key = headerKey(name);
    return this.fields.some((field) => field.key === key);
  }

  /** Puts one field line where the first of that name stood, else at the end, and removes the others. */
  set(name: string, value: string): void {
    this.setAll(name, [value]);
  }

  /** Like `set`, with a field line for each value. */
  setAll(name: string, values: readonly string[]): void {
    const key = headerKey(name);
    const first = this.fields.findIndex((field) => field.key === key);
    const added = values.flatMap((value) => toFields(name, value));
    const before = first < 0 ? this.fields : this.fields.slice(0, first);
    const after = first < 0 ? [] : this.fields.slice(first).filter((field) => field.key !== key);
    this.fields = [...before, ...added, ...after];
  }

  append(name: string, value: string): void {
    this.fields.push(...toFields(name, value));
  }

  prepend(name: string, value: string): void {
    this.fields.unshift(...toFields(name, value));
  }

  delete(name: string): void {
    const key = headerKey(name);
    this.fields = this.fields.filter((field) => field.key !== key);
  }

  *entries(): Iterable<readonly [string, string]> {
    for (const field of this.fields) yield [field.name, field.value];
  }

  clone(): SipHeaders {
    const copy = new SipHeaders();
    copy.fields = [...this.fields];
    return copy;
  }
}

function toFields(name: string, value: string): Field[] {
  if (!isToken(name)) return [];
  return [{ key: headerKey(name), name: headerSpelling(name), value: value.replace(/[\r\n\0]+/g, ' ').trim() }];
}
