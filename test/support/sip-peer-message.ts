/** A SIP message as a test peer sees it: parsed loosely and apart from the server's own parser. */
export interface PeerMessage {
  /** Set on requests. */
  method?: string;
  /** Request-URI, on requests. */
  uri?: string;
  /** Set on responses. */
  status?: number;
  reason?: string;
  headers: [name: string, value: string][];
  body: string;
}

const longForms: Record<string, string> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  c: 'content-type',
  l: 'content-length',
  r: 'refer-to',
  b: 'referred-by',
  o: 'event',
};

const keyOf = (name: string): string => longForms[name.toLowerCase()] ?? name.toLowerCase();

/** The first value of a header, compact forms included; undefined when it is absent. */
export function header(message: PeerMessage, name: string): string | undefined {
  return headers(message, name)[0];
}

/** The header lines of that name. */
export function headers(message: PeerMessage, name: string): string[] {
  return message.headers.filter(([other]) => keyOf(other) === keyOf(name)).map(([, value]) => value);
}

/** The tag of a From or To value. */
export function tagIn(value: string | undefined): string | undefined {
  return /;\s*tag=([^;>\s]+)/i.exec(value ?? '')?.[1];
}

/** The URI of a name-addr or addr-spec. */
export function uriIn(value: string | undefined): string {
  return /<([^>]+)>/.exec(value ?? '')?.[1] ?? (value ?? '').split(';')[0]!.trim();
}

export function cseqOf(message: PeerMessage): { number: number; method: string } {
  const [number, method] = (header(message, 'CSeq') ?? '').split(/\s+/);
  return { number: Number(number), method: method ?? '' };
}

/** Whether a message is this response to a request of this method. */
export function isAnswerTo(method: string, status: number): (message: PeerMessage) => boolean {
  return (message) => message.status === status && cseqOf(message).method === method;
}

export function parsePeerMessage(text: string): PeerMessage {
  const blank = text.indexOf('\r\n\r\n');
  const head = blank < 0 ? text : text.slice(0, blank);
  const [startLine = '', ...lines] = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const fields = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
  const body = blank < 0 ? '' : text.slice(blank + 4);
  const response = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(startLine);
  if (response) return { status: Number(response[1]), reason: response[2] ?? '', headers: fields, body };
  const [method = '', uri = ''] = startLine.split(' ');
  return { method, uri, headers: fields, body };
}

/** The message as text, Content-Length computed. */
export function formatPeerMessage(message: PeerMessage): string {
  const first =
    message.status === undefined
      ? `${message.method} ${message.uri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason ?? ''}`;
  const fields = message.headers
    .filter(([name]) => keyOf(name) !== 'content-length')
    .map(([name, value]) => `${name}: ${value}`);
  return [first, ...fields, `Content-Length: ${Buffer.byteLength(message.body)}`, '', message.body].join('\r\n');
}

/** `INVITE`, or `200 INVITE` for a response: for logs and failure texts. */
export function titleOf(message: PeerMessage): string {
  return message.status === undefined ? (message.method ?? '') : `${message.status} ${cseqOf(message).method}`;
}

/** What a test adds to a message. */
export interface MessageParts {
  headers?: [name: string, value: string][];
  body?: string;
  /** Default application/sdp when there is a body. */
  contentType?: string;
}

/** The Content-Type header of a body, when there is one. */
export function typed({ body, contentType }: MessageParts): [string, string][] {
  return body === undefined || body === '' ? [] : [['Content-Type', contentType ?? 'application/sdp']];
}

/** A small SDP with its version in the origin line. */
export function sdp(version = 1, port = 21000): string {
  return [
    'v=0',
    `o=- 12 ${version} IN IP4 127.0.0.1`,
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=audio ${port} RTP/AVP 8`,
    '',
  ].join('\r\n');
}
