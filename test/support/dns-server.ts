import dgram from 'node:dgram';
import { once } from 'node:events';

export interface SrvAnswer {
  priority?: number;
  weight?: number;
  port: number;
  target: string;
}

/** What a name has. */
export interface DnsName {
  a?: string[];
  srv?: SrvAnswer[];
}

const types = { a: 1, srv: 33 } as const;

/** A DNS server on loopback that answers for the names it is given (RFC 1035 section 4), and that no others exist. */
export class DnsServer {
  /** `_sip._udp.carrier.test SRV`, in the order they came. */
  readonly queries: string[] = [];

  private constructor(
    private readonly socket: dgram.Socket,
    private readonly names: Record<string, DnsName>
  ) {
    socket.on('message', (query, { address, port }) => socket.send(this.answer(query), port, address));
  }

  static async start(names: Record<string, DnsName>): Promise<DnsServer> {
    const socket = dgram.createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new DnsServer(socket, names);
  }

  /** As settings have it. */
  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }

  private answer(query: Buffer): Buffer {
    const { name, end } = readName(query, 12);
    const type = query.readUInt16BE(end);
    this.queries.push(`${name} ${type === types.srv ? 'SRV' : type === types.a ? 'A' : String(type)}`);
    const known = this.names[name];
    const data = known === undefined ? [] : dataOf(known, type);
    const flags = known === undefined ? 0x8583 : 0x8580;
    const header = Buffer.from(query.subarray(0, 12));
    [flags, 1, data.length, 0, 0].forEach((value, index) => header.writeUInt16BE(value, 2 + index * 2));
    return Buffer.concat([header, query.subarray(12, end + 4), ...data.map((one) => record(type, one))]);
  }
}

function dataOf({ a = [], srv = [] }: DnsName, type: number): Buffer[] {
  if (type === types.a) return a.map((address) => Buffer.from(address.split('.').map(Number)));
  if (type !== types.srv) return [];
  return srv.map(({ priority = 0, weight = 0, port, target }) =>
    Buffer.concat([numbers(priority, weight, port), labels(target)])
  );
}

/** Named by a pointer to the question, with a TTL of a minute. */
function record(type: number, data: Buffer): Buffer {
  return Buffer.concat([numbers(0xc00c, type, 1, 0, 60, data.length), data]);
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16BE(value, index * 2));
  return bytes;
}

function labels(name: string): Buffer {
  const parts = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function readName(bytes: Buffer, start: number): { name: string; end: number } {
  const parts: string[] = [];
  let at = start;
  for (let length = bytes[at] ?? 0; length > 0; length = bytes[at] ?? 0) {
    parts.push(bytes.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: parts.join('.').toLowerCase(), end: at + 1 };
}
