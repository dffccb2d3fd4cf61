/** A URL that a bot named and that is not to be used. */
export class ForbiddenUrl extends Error {
  override readonly name = 'ForbiddenUrl';
}

const SECURE: Readonly<Record<string, string>> = { 'http:': 'ws:', 'https:': 'wss:' };

/**
 * Resolves a URL that a bot named, which may be relative, against that of the bot (WHATWG URL).
 * @param allowOrigins origins besides the bot's own
 * @throws ForbiddenUrl when it leads elsewhere: the bot's token goes there
 */
export function resolveBotUrl(named: string, botUrl: string, allowOrigins: readonly string[] = []): string {
  const url = parse(named, botUrl);
  const origins = [botUrl, ...allowOrigins].map((allowed) => new URL(allowed).origin);
  if (!origins.includes(url.origin)) throw new ForbiddenUrl(`the bot named a URL at another origin: ${url.origin}`);
  return url.href;
}

/** As `resolveBotUrl`. @returns a `ws:` or `wss:` URL; the bot may write `http:` or `https:` as well */
export function resolveWebSocketUrl(named: string, botUrl: string, allowOrigins: readonly string[] = []): string {
  const url = new URL(resolveBotUrl(named.replace(/^ws(s?):/i, 'http$1:'), botUrl, allowOrigins));
  url.protocol = SECURE[url.protocol] ?? url.protocol;
  url.hash = '';
  return url.href;
}

function parse(named: string, botUrl: string): URL {
  let url: URL;
  try {
    url = new URL(named, botUrl);
  } catch {
    throw new ForbiddenUrl('the bot named a URL that is none');
  }
  if (SECURE[url.protocol] === undefined) throw new ForbiddenUrl(`the bot named a ${url.protocol} URL`);
  if (url.username !== '' || url.password !== '')
    throw new ForbiddenUrl('the bot named a URL with a user or a password');
  return url;
}
