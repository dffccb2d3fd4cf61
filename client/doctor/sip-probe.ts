import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { hostAndPort } from '../../config/host-and-port';
import type { SipListener } from './drachtio-probe';

const LIMIT_MS = 3000;
/** RFC 3261 section 17.1.2.2, timer E. */
const REPEAT_MS = 500;

/** Asks a SIP port OPTIONS (RFC 3261 section 11). @returns the status of the first response; undefined when none came */
export function probeSip({ transport, host, port }: SipListener): Promise<number | undefined> {
  return transport === 'udp' ? overUdp(host, port) : overTcp(host, port);
}

function overUdp(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    const end = (status?: number): void => {
      clearInterval(repeat);
      clearTimeout(limit);
      socket.close();
      resolve(status);
    };
    const request = optionsRequest('UDP', host, port);
    const limit = setTimeout(end, LIMIT_MS);
    const repeat = setInterval(() => socket.send(request, port, host), REPEAT_MS);
    socket.on('error', () => end());
    socket.on('message', (message) => end(statusOf(message)));
    socket.send(request, port, host);
  });
}

function overTcp(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (status?: number): void => {
      socket.destroy();
      resolve(status);
    };
    socket.setTimeout(LIMIT_MS, () => end());
    socket.on('error', () => end());
    socket.on('close', () => end());
    socket.on('connect', () => socket.write(optionsRequest('TCP', host, port)));
    socket.on('data', (chunk: Buffer) => end(statusOf(chunk)));
  });
}

/** `rport` brings the response back to where the request came from (RFC 3581). */
function optionsRequest(transport: 'UDP' | 'TCP', host: string, port: number): string {
  const token = randomBytes(8).toString('hex');
  const target = hostAndPort(host, port);
  const lines = [
    `OPTIONS sip:${target} SIP/2.0`,
    `Via: SIP/2.0/${transport} doctor.invalid;rport;branch=z9hG4bK${token}`,
    'Max-Forwards: 70',
    `From: <sip:doctor@doctor.invalid>;tag=${token}`,
    `To: <sip:${target}>`,
    `Call-ID: ${token}@doctor.invalid`,
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function statusOf(message: Buffer): number | undefined {
  const [, status] = /^SIP\/2\.0 (\d{3}) /.exec(message.toString('latin1')) ?? [];
  return status === undefined ? undefined : Number(status);
}
