import { createHash } from 'node:crypto';

/**
 * The `o=` line of every leg is ours from the first description on: session id of the leg, version raised by one exactly when the rest
 * changes (RFC 3264 section 8, RFC 4566 section 5.2). All other lines pass through.
 *
 * @param body what the other side said
 * @param leg our tag on the leg that this goes to, and our host
 * @param previous what was last sent on this leg; empty when nothing was
 */
export function withOwnOrigin(body: string, leg: { tag: string; host: string }, previous = ''): string {
  if (body === '') return '';
  const before = ownOrigin(previous);
  if (!before) return replaceOrigin(body, originLine(sessionId(leg.tag), 1n, leg.host));
  if (rest(body) === rest(previous)) return previous;
  return replaceOrigin(body, `o=- ${before.sessionId} ${before.version + 1n} ${before.address}`);
}

/** @returns what makes a description unusable as an offer (RFC 4566 section 5); undefined when it can be passed on */
export function descriptionFault(body: string): string | undefined {
  if (!/^v=0\r?$/m.test(body.split('\n')[0] ?? '')) return 'the description does not begin with v=0';
  const [session = '', ...media] = body.split(/^(?=m=)/m);
  if (media.length === 0) return 'the description names no media';
  if (!/^o=\S+ \d+ \d+ IN IP[46] \S+/m.test(session)) return 'the description has no o= line';
  const hasConnection = (part: string): boolean => /^c=IN IP[46] \S+/m.test(part);
  if (!hasConnection(session) && !media.every(hasConnection)) return 'the description has no c= line';
  return media.every((medium) => /^m=\S+ \d+(\/\d+)? \S+ \S/.test(medium))
    ? undefined
    : 'the description has a malformed m= line';
}

/** True when a peer's description is the one it sent before: RFC 3264 section 8 lets it repeat the same `o=` line for that alone. */
export function isUnchanged(body: string, previous: string): boolean {
  const origin = originOf(body);
  return body === previous || (origin !== undefined && origin === originOf(previous));
}

/** True when two descriptions say the same but for their `o=` lines. */
export function describesSame(one: string, other: string): boolean {
  return rest(one) === rest(other);
}

/** The description with every medium on hold (RFC 3264 section 8.4): nothing is sent or expected. */
export function onHold(body: string): string {
  const [session = '', ...media] = body.replace(DIRECTION, '').split(/^(?=m=)/m);
  return session + media.map((medium) => `${medium.trimEnd()}\r\na=inactive\r\n`).join('');
}

/**
 * An offer or answer with the media of `previous`: those that it lacks are declined, those beyond are left out. A session keeps its media to
 * its end (RFC 3264 section 8).
 */
export function withMediaOf(previous: string, body: string): string {
  const [session = '', ...media] = body.split(/^(?=m=)/m);
  const wanted = previous.split(/^(?=m=)/m).slice(1);
  if (wanted.length <= media.length) return body;
  const declined = wanted
    .slice(media.length)
    .map((medium) => medium.split(/\r?\n/)[0]?.replace(/^(m=\S+) \S+/, '$1 0'));
  return [session + media.join(''), ...declined.map((line) => `${line ?? ''}\r\n`)].join('');
}

const DIRECTION = /^a=(sendrecv|sendonly|recvonly|inactive)\r?\n/gm;

function originOf(body: string): string | undefined {
  return /^o=.*$/m.exec(body)?.[0].trim();
}

function ownOrigin(body: string): { sessionId: string; version: bigint; address: string } | undefined {
  const [, id, version, address] = /^o=- (\d+) (\d+) (.+?)\r?$/m.exec(body) ?? [];
  return id === undefined || version === undefined || address === undefined
    ? undefined
    : { sessionId: id, version: BigInt(version), address };
}

function rest(body: string): string {
  return body
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('o='))
    .join('\n');
}

function replaceOrigin(body: string, origin: string): string {
  const lines = body.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('o='));
  return [...lines.slice(0, 1), origin, ...lines.slice(1), ''].join('\r\n');
}

/** The same for every worker: 52 bits of the tag's hash, in decimal. */
function sessionId(tag: string): string {
  return String(createHash('sha256').update(tag.toLowerCase()).digest().readBigUInt64BE() >> 12n);
}

function originLine(id: string, version: bigint, host: string): string {
  return `o=- ${id} ${version} ${networkAddress(host)}`;
}

/** As it stands in `o=` and `c=` lines (RFC 4566 sections 5.2 and 5.7). @param host an address; IPv6 with or without brackets */
export function networkAddress(host: string): string {
  const bare = host.replace(/^\[|\]$/g, '');
  return `IN ${bare.includes(':') ? 'IP6' : 'IP4'} ${bare}`;
}
