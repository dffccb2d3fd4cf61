/**
 * Splits text at a separator that stands outside of quoted strings and of `<...>`. Parts are trimmed, empty ones left out. An opening
 * quote or bracket that is never closed reaches to the end.
 */
export function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  let isBracketed = false;
  const take = (end: number): void => {
    const part = text.slice(start, end).trim();
    if (part !== '') parts.push(part);
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (isQuoted) {
      if (char === '\\') at += 1;
      else if (char === '"') isQuoted = false;
    } else if (char === '"' && !isBracketed) isQuoted = true;
    else if (char === '<') isBracketed = true;
    else if (char === '>') isBracketed = false;
    else if (char === separator && !isBracketed) {
      take(at);
      start = at + 1;
    }
  }
  take(text.length);
  return parts;
}
