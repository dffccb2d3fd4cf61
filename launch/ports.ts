import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { LaunchError } from './launch-error';

export interface PortUse {
  /** What the port is for, as in "SIP server". */
  purpose: string;
  /** The option that moves it, as in `--sip-port`. */
  option: string;
  port: number;
  transports: readonly ('tcp' | 'udp')[];
}

/** Throws one error that names every taken or doubly used port and the option that moves it. */
export async function requireFreePorts(host: string, uses: readonly PortUse[]): Promise<void> {
  const faults = await Promise.all(uses.map((use, i) => portFault(host, use, uses.slice(0, i))));
  const found = faults.filter((fault) => fault !== undefined);
  if (found.length > 0) throw new LaunchError(found.join('\n'));
}

async function portFault(host: string, use: PortUse, earlier: readonly PortUse[]): Promise<string | undefined> {
  const { purpose, option, port } = use;
  const advice = `Stop what uses it, or choose another port with ${option}.`;
  const twin = earlier.find((other) => other.port === port && other.transports.some((t) => use.transports.includes(t)));
  if (twin) return `Port ${port} is asked for twice: ${twin.purpose} (${twin.option}) and ${purpose} (${option}).`;
  for (const transport of use.transports) {
    const code = await bindError(transport, host, port);
    if (code === 'EADDRINUSE') return `Port ${port}/${transport} (${purpose}) is taken on ${host}. ${advice}`;
    if (code !== undefined)
      return `Port ${port}/${transport} (${purpose}) cannot be opened on ${host}: ${code}. ${advice}`;
  }
  return undefined;
}

/** @returns the error code of an attempt to bind, undefined when the port is free */
function bindError(transport: 'tcp' | 'udp', host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const opened = transport === 'udp' ? createSocket('udp4') : createServer();
    opened.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    opened.once('listening', () => opened.close(() => resolve(undefined)));
    if ('bind' in opened) opened.bind(port, host);
    else opened.listen(port, host);
  });
}

/** @returns `count` ports that are free for both TCP and UDP at this moment */
export async function freePorts(host: string, count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listenAnywhere(host)));
  const ports = servers.map(({ port }) => port);
  await Promise.all(servers.map(({ close }) => close()));
  const udp = await Promise.all(ports.map((port) => bindError('udp', host, port)));
  return udp.every((code) => code === undefined) ? ports : freePorts(host, count);
}

function listenAnywhere(host: string): Promise<{ port: number; close: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ port, close: () => new Promise((closed) => server.close(() => closed())) });
    });
  });
}

/** True when a TCP connection to it comes about. */
export function listensOn(host: string, port: number): Promise<boolean> {
  return new Promise((known) => {
    const socket = connect(port, host);
    socket.once('connect', () => known(true)).once('error', () => known(false));
    socket.once('connect', () => socket.destroy());
  });
}
