/** What a torture message must lead to. */
export interface Outcome {
  /** The status of the answer; undefined when there must be none. */
  status?: number;
  /** The connection must be closed, since nobody can tell where the next message starts. */
  closes?: true;
}

/** A message of RFC 4475, with the expected outcome by the RFC's text. */
export interface Vector {
  section: string;
  /** The RFC's name of it. */
  name: string;
  bytes: Buffer;
  udp: Outcome;
  tcp: Outcome;
}

/** A vector that has the same outcome on both transports unless the second is given. */
export function vector(section: string, name: string, text: string, udp: Outcome, tcp: Outcome = udp): Vector {
  return { section, name, bytes: Buffer.from(text), udp, tcp };
}

/** Lines of a message; the header block ends behind the last one. */
export function lines(...all: string[]): string {
  return [...all, '', ''].join('\r\n');
}

/** Header fields that a message needs, for those whose point is elsewhere. */
export function fields(method: string, id: string, replaced: Record<string, string> = {}): string[] {
  const all: Record<string, string> = {
    'Max-Forwards': '70',
    Via: `SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK${id}`,
    From: '<sip:caller@example.org>;tag=9120',
    To: '<sip:user@example.com>',
    'Call-ID': `${id}.torture@192.0.2.1`,
    CSeq: `8 ${method}`,
    Contact: '<sip:caller@host5.example.net>',
    'Content-Length': '0',
    ...replaced,
  };
  return Object.entries(all).map(([name, value]) => `${name}: ${value}`);
}

/** A body of 0 to many characters with its header fields. */
export function described(body: string, type = 'application/sdp'): Record<string, string> {
  return { 'Content-Type': type, 'Content-Length': String(Buffer.byteLength(body)) };
}

export const sdpBody = [
  'v=0',
  'o=mhandley 29739 7272939 IN IP4 192.0.2.3',
  's=-',
  'c=IN IP4 192.0.2.4',
  't=0 0',
  '',
].join('\r\n');
