/** `Reason` (RFC 3326) with free text. Line breaks and other control characters cannot pass, quotes and backslashes are escaped, length is bounded. */
export function reasonHeader(text: string): string {
  const safe = text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .slice(0, 200)
    .replace(/["\\]/g, (char) => `\\${char}`);
  return `SIP;cause=200;text="${safe}"`;
}

/** What a peer's Reason header says: its text parameter, else the whole value. */
export function reasonOf(header: string | undefined): string | undefined {
  if (header === undefined || header === '') return undefined;
  return /text="((?:[^"\\]|\\.)*)"/.exec(header)?.[1]?.replace(/\\(.)/g, '$1') ?? header;
}
