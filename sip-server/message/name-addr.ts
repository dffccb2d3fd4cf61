import { formatParams, parseParams } from './params';
import type { Params } from './params';

/** The value of From, To, Contact, Route, Refer-To and their like (RFC 3261 section 20.10). */
export interface NameAddr {
  /** Without its quotes and escapes. */
  displayName?: string;
  uri: string;
  /** Header parameters by lower-case name. */
  params: Params;
}

/**
 * Parses one `name-addr` or `addr-spec` with its parameters. Without angle brackets, what follows a semicolon is a header parameter and
 * none of the URI (RFC 3261 section 20.10). Never throws: text that fits neither form becomes the `uri`.
 */
export function parseNameAddr(text: string): NameAddr {
  return readNameAddr(text) ?? { uri: text.trim(), params: new Map() };
}

/** False when a quote or angle bracket is left open or the URI is empty. */
export function isNameAddr(text: string): boolean {
  return readNameAddr(text) !== undefined;
}

/** True for a URI without angle brackets whose header fields nobody could tell from what follows it (RFC 3261 section 20). */
export function needsBrackets(text: string): boolean {
  return !text.includes('<') && parseNameAddr(text).uri.includes('?');
}

/** Writes the angle brackets always, so that parameters of the URI stay its own. */
export function formatNameAddr(address: NameAddr): string {
  const { displayName } = address;
  const name = displayName === undefined ? '' : `"${displayName.replace(/["\\]/g, '\\$&')}" `;
  return `${name}<${address.uri}>${formatParams(address.params)}`;
}

/** The tag of a From or To value. */
export function tagOf(headerValue: string): string | undefined {
  return parseNameAddr(headerValue).params.get('tag');
}

/** The From or To value with this tag, replacing another. Everything before the parameters stays as written. */
export function withTag(headerValue: string, tag: string): string {
  const { params } = parseNameAddr(headerValue);
  if (!params.has('tag')) return `${headerValue.trim()};tag=${tag}`;
  return headerValue.slice(0, paramsStart(headerValue)).trimEnd() + formatParams(new Map([...params, ['tag', tag]]));
}

function readNameAddr(text: string): NameAddr | undefined {
  const value = text.trim();
  const open = value.startsWith('"') ? afterQuotedString(value) : value.indexOf('<');
  if (open === undefined) return undefined;
  if (open < 0 || (value[open] !== '<' && !value.startsWith('"'))) return readAddrSpec(value);
  const bracket = value.indexOf('<', open);
  const close = value.indexOf('>', bracket);
  if (bracket < 0 || close < 0 || value.slice(open, bracket).trim() !== '') return undefined;
  const uri = value.slice(bracket + 1, close).trim();
  const trailer = value.slice(close + 1).trim();
  if (uri === '' || (trailer !== '' && !trailer.startsWith(';'))) return undefined;
  const displayName = readDisplayName(value.slice(0, bracket).trim());
  return { ...(displayName !== '' && { displayName }), uri, params: parseParams(trailer) };
}

function readAddrSpec(value: string): NameAddr | undefined {
  const semicolon = value.indexOf(';');
  const uri = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
  if (uri === '' || /[\s"<>]/.test(uri)) return undefined;
  return { uri, params: parseParams(semicolon < 0 ? '' : value.slice(semicolon)) };
}

/** Where the header parameters start: behind the closing bracket, or at the first semicolon. */
function paramsStart(value: string): number {
  const quoteEnd = value.trimStart().startsWith('"') ? (afterQuotedString(value.trimStart()) ?? 0) : 0;
  const close = value.indexOf('>', quoteEnd);
  const semicolon = value.indexOf(';', Math.max(close, 0));
  return semicolon < 0 ? value.length : semicolon;
}

/** The index behind the quoted string that `value` starts with; undefined when it has no end. */
function afterQuotedString(value: string): number | undefined {
  for (let at = 1; at < value.length; at += 1) {
    if (value[at] === '\\') at += 1;
    else if (value[at] === '"') return at + 1;
  }
  return undefined;
}

function readDisplayName(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/gs, '$1') : text;
}
