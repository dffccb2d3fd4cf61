/** One value of a Contact header. */
export interface ContactValue {
  uri: string;
  /** `expires` parameter in seconds. */
  expiresS?: number;
}

/** Reads the values of a Contact header (RFC 3261 section 20.10), several of which may be joined by commas. */
export function readContacts(header: string): ContactValue[] {
  return splitValues(header).flatMap((value) => {
    const [, bracketed, behind = ''] = /<([^>]*)>(.*)$/.exec(value) ?? [];
    const [bare = '', ...parameters] = value.split(';');
    const uri = bracketed ?? bare.trim();
    const expires = /;\s*expires\s*=\s*"?(\d+)/i.exec(
      bracketed === undefined ? `;${parameters.join(';')}` : behind
    )?.[1];
    if (uri === '' || uri === '*') return [];
    return [{ uri, ...(expires === undefined ? {} : { expiresS: Number(expires) }) }];
  });
}

/** Splits at commas outside of quotes and angle brackets. */
function splitValues(header: string): string[] {
  return header.match(/(?:"(?:[^"\\]|\\.)*"|<[^>]*>|[^,"<])+/g) ?? [];
}
