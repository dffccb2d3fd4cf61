import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';

/** How a SIP server that speaks the drachtio protocol received us. */
export type Reception =
  | { kind: 'accepted'; version: string; listeners: SipListener[] }
  | { kind: 'refused'; reason: string }
  | { kind: 'unreachable'; reason: string };

export interface SipListener {
  transport: 'udp' | 'tcp';
  host: string;
  port: number;
}

const LIMIT_MS = 3000;

/** Authenticates on the port for applications and leaves again; it asks for no requests, so none is taken from a worker. */
export function probeDrachtio(host: string, port: number, secret: string): Promise<Reception> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (reception: Reception): void => {
      socket.destroy();
      resolve(reception);
    };
    let received = Buffer.alloc(0);
    socket.setTimeout(LIMIT_MS, () => end({ kind: 'unreachable', reason: `no answer within ${LIMIT_MS / 1000} s` }));
    socket.on('error', (err) => end({ kind: 'unreachable', reason: err.message }));
    socket.on('close', () => end({ kind: 'unreachable', reason: 'the connection was closed' }));
    socket.on('connect', () => {
      const frame = `${randomUUID()}|authenticate|${secret}|doctor`;
      socket.write(`${Buffer.byteLength(frame)}#${frame}`);
    });
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const reply = firstFrame(received);
      if (reply !== undefined) end(receptionOf(reply));
    });
  });
}

/** A frame is its length in bytes, `#`, and so many bytes. */
function firstFrame(bytes: Buffer): string | undefined {
  const [, digits] = /^(\d{1,9})#/.exec(bytes.toString('latin1', 0, 10)) ?? [];
  if (digits === undefined) return undefined;
  const start = digits.length + 1;
  const end = start + Number(digits);
  return bytes.length < end ? undefined : bytes.toString('utf8', start, end);
}

/** `<id>|response|<our id>|OK|<advertised>|<version>|<bound>`, or `NO` or `NOK` with a reason. */
function receptionOf(reply: string): Reception {
  const [, , , verdict, first = '', version = '', bound] = reply.split('|');
  if (verdict !== 'OK') return { kind: 'refused', reason: first };
  return {
    kind: 'accepted',
    version,
    listeners: (bound ?? first)
      .split(',')
      .map(listenerOf)
      .filter((l) => l !== undefined),
  };
}

function listenerOf(text: string): SipListener | undefined {
  const [, transport, host, port] = /^(udp|tcp)\/(\[[^\]]+\]|[^:]+):(\d+)$/.exec(text.trim()) ?? [];
  if (transport === undefined || host === undefined) return undefined;
  return { transport: transport as SipListener['transport'], host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}
