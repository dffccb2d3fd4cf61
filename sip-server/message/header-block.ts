const cr = 13;
const lf = 10;

/** Number of CR and LF bytes from `start` on. */
export function leadingLineBreaks(bytes: Buffer, start = 0): number {
  let at = start;
  while (bytes[at] === cr || bytes[at] === lf) at += 1;
  return at - start;
}

/** Where the header block ends: `head` is the end of its last line, `body` the first byte behind the blank line. */
export interface HeaderEnd {
  head: number;
  body: number;
}

/** Finds the first blank line, with CRLF or LF line ends, from `start` on. */
export function findHeaderEnd(bytes: Buffer, start = 0): HeaderEnd | undefined {
  for (let at = bytes.indexOf(lf, start); at >= 0; at = bytes.indexOf(lf, at + 1)) {
    if (bytes[at + 1] === lf) return { head: at, body: at + 2 };
    if (bytes[at + 1] === cr && bytes[at + 2] === lf) return { head: at, body: at + 3 };
  }
  return undefined;
}

/** The lines of a header block, start line first, folded lines joined by a space (RFC 3261 section 7.3.1). */
export function unfoldLines(head: string): string[] {
  return head
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.replace(/[\r\0]/g, ' '))
    .filter((line) => line.trim() !== '');
}

/** Splits a header line at its colon; undefined when it has none. The name may be no token. */
export function splitField(line: string): readonly [string, string] | undefined {
  const colon = line.indexOf(':');
  return colon < 0 ? undefined : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}
