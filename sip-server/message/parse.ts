import { parseCSeq } from './cseq';
import { findHeaderEnd, leadingLineBreaks, splitField, unfoldLines } from './header-block';
import { isToken } from './header-names';
import { SipHeaders } from './headers';
import type { SipMessage, SipRequest } from './message';
import { isNameAddr, needsBrackets } from './name-addr';
import { hasEmptyParts, topVia } from './via';

/** A message that breaks the grammar of RFC 3261 or lacks what its section 8.1.1 demands. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';

  /**
   * @param status 400, 413 or 505
   * @param partial what could be read of a request that may be answered with `status`; undefined when it must be dropped
   */
  constructor(
    message: string,
    readonly status: number,
    readonly partial?: SipRequest
  ) {
    super(message);
  }
}

type StartLine =
  | { kind: 'request'; method: string; uri: string; version: string }
  | { kind: 'response'; status: number; reason: string };

interface Fields {
  headers: SipHeaders;
  /** Lines without a colon or with a name that is no token. */
  bad: string[];
}

/**
 * Parses one message. Tolerated are LF line ends, folded lines, leading line breaks, extra white space, and on datagrams a missing
 * Content-Length or blank line. On a datagram Content-Length cuts the body (RFC 3261 section 18.3).
 * @param bytes one datagram, or exactly one message cut out of a stream
 * @throws MalformedMessage and nothing else
 */
export function parseMessage(bytes: Buffer, framing: 'datagram' | 'stream'): SipMessage {
  const start = leadingLineBreaks(bytes);
  const end = findHeaderEnd(bytes, start);
  if (end === undefined && framing === 'stream') throw new MalformedMessage('headers without an end', 400);
  const [first = '', ...rest] = unfoldLines(bytes.toString('utf8', start, end?.head));
  const startLine = parseStartLine(first);
  const fields = parseFields(rest);
  try {
    checkFields(startLine, fields);
    const body = bodyOf(bytes.subarray(end?.body ?? bytes.length), fields.headers, framing);
    return toMessage(startLine, fields.headers, body);
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    throw new MalformedMessage(error.message, error.status, answerable(startLine, fields.headers));
  }
}

/** The reason to refuse a message of which only the header block could be read, with `partial` when it can be answered. */
export function malformedHead(head: Buffer, problem: string, status: number): MalformedMessage {
  const [first = '', ...rest] = unfoldLines(head.toString('utf8'));
  try {
    return new MalformedMessage(problem, status, answerable(parseStartLine(first), parseFields(rest).headers));
  } catch {
    return new MalformedMessage(problem, status);
  }
}

function parseStartLine(line: string): StartLine {
  const text = line.trim();
  const first = text.search(/\s/);
  const last = Math.max(text.lastIndexOf(' '), text.lastIndexOf('\t'));
  const head = text.slice(0, Math.max(first, 0));
  if (/^SIP\/2\.0$/i.test(head)) return parseStatusLine(text.slice(first).trim());
  const version = text.slice(last + 1);
  if (!isToken(head) || last <= first || !/^SIP\/\d{1,9}\.\d{1,9}$/i.test(version)) {
    throw new MalformedMessage('neither request line nor status line', 400);
  }
  return { kind: 'request', method: head, uri: text.slice(first, last).trim(), version };
}

function parseStatusLine(text: string): StartLine {
  const match = /^([1-6]\d\d)(?:\s+(.*))?$/s.exec(text);
  if (match === null) throw new MalformedMessage('no status', 400);
  return { kind: 'response', status: Number(match[1]), reason: match[2] ?? '' };
}

function parseFields(lines: string[]): Fields {
  const fields: Fields = { headers: new SipHeaders(), bad: [] };
  for (const line of lines) {
    const field = splitField(line);
    if (field !== undefined && isToken(field[0])) fields.headers.append(...field);
    else fields.bad.push(line);
  }
  return fields;
}

function checkFields(startLine: StartLine, { headers, bad }: Fields): void {
  demand(bad.length === 0 || startLine.kind === 'response', 'header line without a name');
  for (const name of ['From', 'To', 'Call-ID', 'CSeq']) {
    demand(headers.all(name).length === 1, `${name} missing or repeated`);
    demand(headers.get(name) !== '', `${name} empty`);
  }
  demand(topVia(headers) !== undefined, 'Via missing or malformed');
  demand(!headers.all('Via').some(hasEmptyParts), 'Via with empty parts');
  demand(isNameAddr(headers.get('From') ?? ''), 'From malformed');
  demand(isNameAddr(headers.get('To') ?? ''), 'To malformed');
  const cseq = parseCSeq(headers.get('CSeq') ?? '');
  demand(cseq !== undefined, 'CSeq malformed');
  if (startLine.kind === 'response') return;
  demand(startLine.version.toUpperCase() === 'SIP/2.0', 'version not supported', 505);
  demand(/^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"]+$/.test(startLine.uri), 'Request-URI malformed');
  demand(cseq.method === startLine.method, 'CSeq has another method');
  demand(!headers.values('Contact').some(needsBrackets), 'Contact needs angle brackets');
  const maxForwards = headers.all('Max-Forwards');
  demand(maxForwards.length <= 1, 'Max-Forwards repeated');
  demand(/^\d{1,10}$/.test(maxForwards[0] ?? '70') && Number(maxForwards[0] ?? 70) <= 255, 'Max-Forwards malformed');
}

function bodyOf(bytes: Buffer, headers: SipHeaders, framing: 'datagram' | 'stream'): Buffer {
  const length = contentLength(headers);
  demand(length !== undefined || framing === 'datagram', 'Content-Length missing');
  demand((length ?? 0) <= bytes.length, 'body shorter than Content-Length');
  // A copy, so that the message does not keep the whole read buffer alive.
  return Buffer.from(bytes.subarray(0, length ?? bytes.length));
}

/**
 * The value of Content-Length.
 * @returns undefined when there is none
 * @throws MalformedMessage when it is no number or differs between lines
 */
export function contentLength(headers: SipHeaders): number | undefined {
  const [first, ...others] = headers.all('Content-Length');
  if (first === undefined) return undefined;
  demand(/^\d{1,10}$/.test(first), 'Content-Length malformed');
  demand(
    others.every((other) => other === first),
    'Content-Length repeated with another value'
  );
  return Number(first);
}

function toMessage(startLine: StartLine, headers: SipHeaders, body: Buffer): SipMessage {
  if (startLine.kind === 'response') {
    return { kind: 'response', status: startLine.status, reason: startLine.reason, headers, body };
  }
  return { kind: 'request', method: startLine.method, uri: startLine.uri, headers, body };
}

/** A request can be answered when Via and CSeq name its transaction (RFC 3261 section 17.1.3); an ACK never is. */
function answerable(startLine: StartLine, headers: SipHeaders): SipRequest | undefined {
  if (startLine.kind === 'response' || startLine.method === 'ACK') return undefined;
  if (!headers.has('Via') || !headers.has('CSeq')) return undefined;
  return { kind: 'request', method: startLine.method, uri: startLine.uri, headers, body: Buffer.alloc(0) };
}

function demand(condition: boolean, problem: string, status = 400): asserts condition {
  if (!condition) throw new MalformedMessage(problem, status);
}
