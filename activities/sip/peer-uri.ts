/** User and host of a URI as a peer wrote it. */
export interface PeerUri {
  /** With its escapes and its parameters, without a password. Of a `tel:` URI: its number with parameters. */
  user: string;
  /** Without a port; empty in a `tel:` URI. */
  host: string;
}

const SIP_URI = /^sips?:(?:(?<user>[^@:]*)(?::[^@]*)?@)?(?<host>\[[^\]]*\]|[^:;?@]+)/i;

/** Reads a `sip:`, `sips:` or `tel:` URI (RFC 3261 section 19.1.1, RFC 3966 section 3). @returns undefined for any other */
export function parsePeerUri(uri: string): PeerUri | undefined {
  const number = /^tel:(.+)$/i.exec(uri)?.[1];
  if (number !== undefined) return { user: number, host: '' };
  const { user = '', host } = SIP_URI.exec(uri)?.groups ?? {};
  return host === undefined ? undefined : { user, host };
}
