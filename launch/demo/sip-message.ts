/** A SIP message as the demonstration's peers see it: just enough of RFC 3261 section 7, and independent of the SIP server under test. */
export interface SipMessage {
  /** Absent in a response. */
  method?: string;
  /** Absent in a response. */
  requestUri?: string;
  /** Absent in a request. */
  status?: number;
  /** Absent in a request. */
  reasonPhrase?: string;
  headers: SipField[];
  body: string;
}

export interface SipField {
  name: string;
  value: string;
}

const COMPACT_FORMS: Readonly<Record<string, string>> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  l: 'content-length',
  c: 'content-type',
  r: 'refer-to',
  b: 'referred-by',
  o: 'event',
  k: 'supported',
};

function fullName(name: string): string {
  const lower = name.toLowerCase();
  return COMPACT_FORMS[lower] ?? lower;
}

/** @returns undefined when the text is no SIP message */
export function parseSip(text: string): SipMessage | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [startLine = '', ...fieldLines] = text.slice(0, headEnd).split(/\r\n(?![ \t])/);
  const headers = fieldLines.map((line) => {
    const colon = line.indexOf(':');
    return {
      name: line.slice(0, colon).trim(),
      value: line
        .slice(colon + 1)
        .replace(/\r\n[ \t]+/g, ' ')
        .trim(),
    };
  });
  const body = text.slice(headEnd + 4);
  const response = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(startLine);
  if (response) return { status: Number(response[1]), reasonPhrase: response[2] ?? '', headers, body };
  const request = /^(\S+) (\S+) SIP\/2\.0$/.exec(startLine);
  return request ? { method: request[1] ?? '', requestUri: request[2] ?? '', headers, body } : undefined;
}

export function formatSip(message: SipMessage): string {
  const fields = message.headers.filter(({ name }) => fullName(name) !== 'content-length');
  fields.push({ name: 'Content-Length', value: String(Buffer.byteLength(message.body)) });
  return [startLineOf(message), ...fields.map(({ name, value }) => `${name}: ${value}`), '', message.body].join('\r\n');
}

export function startLineOf(message: SipMessage): string {
  return message.status === undefined
    ? `${message.method ?? ''} ${message.requestUri ?? ''} SIP/2.0`
    : `SIP/2.0 ${message.status} ${message.reasonPhrase ?? ''}`;
}

/** @returns the first field of that name, in its long or compact form */
export function headerOf(message: SipMessage, name: string): string | undefined {
  return message.headers.find((field) => fullName(field.name) === fullName(name))?.value;
}

export function headersOf(message: SipMessage, name: string): string[] {
  return message.headers.filter((field) => fullName(field.name) === fullName(name)).map(({ value }) => value);
}

/** The method of a request, or of the request that a response answers. */
export function methodOf(message: SipMessage): string {
  return message.method ?? cseqOf(message).method;
}

export function cseqOf(message: SipMessage): { number: number; method: string } {
  const [number = '0', method = ''] = (headerOf(message, 'CSeq') ?? '').split(/\s+/);
  return { number: Number(number), method };
}

export function tagOf(value: string | undefined): string | undefined {
  return /;\s*tag=([^;>\s]+)/i.exec(value?.replace(/^.*>/, '') ?? '')?.[1];
}

/** The URI of a name-addr or addr-spec, with its URI headers (RFC 3261 section 20.10). */
export function uriOf(value: string | undefined): string {
  const bracketed = /<([^>]*)>/.exec(value ?? '')?.[1];
  return bracketed ?? (value ?? '').split(';')[0]?.trim() ?? '';
}

/** Splits `sip:user@host?name=value&name=value` and decodes the URI headers (RFC 3261 section 19.1.1). */
export function splitUriHeaders(uri: string): { uri: string; headers: SipField[] } {
  const mark = uri.indexOf('?');
  if (mark < 0) return { uri, headers: [] };
  const headers = uri
    .slice(mark + 1)
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return { name: decodeURIComponent(pair.slice(0, equals)), value: decodeURIComponent(pair.slice(equals + 1)) };
    });
  return { uri: uri.slice(0, mark), headers };
}

/** Host and port that a `sip:` URI points at; port 5060 when it names none. */
export function addressOf(uri: string): { host: string; port: number } {
  const [, host = '127.0.0.1', port = '5060'] = /^sips?:(?:[^@]*@)?([^:;?>]+)(?::(\d+))?/i.exec(uri) ?? [];
  return { host, port: Number(port) };
}
