import dgram from 'node:dgram';
import net from 'node:net';

/** Below the ports that systems give out by themselves, so that nobody is given one of these in between. */
const FIRST = 16_000;
const COUNT = 8_000;

/** What keeps a port of this process from being given to another one. */
const locks: dgram.Socket[] = [];

/**
 * A port of 127.0.0.1 that is free for TCP and UDP, and that no other test process is given while this one runs.
 * @param isNextFree so is the one behind it
 */
export async function freePort({ isNextFree = false } = {}): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (COUNT - 1));
    if ((await take(port)) && (!isNextFree || (await take(port + 1)))) return port;
  }
}

async function take(port: number): Promise<boolean> {
  const lock = await udpSocket(port + COUNT);
  if (!lock) return false;
  locks.push(lock.unref());
  return (await isFreeForUdp(port)) && (await isFreeForTcp(port));
}

/** @returns undefined when the port is taken */
function udpSocket(port: number): Promise<dgram.Socket | undefined> {
  return new Promise((resolve) => {
    const socket = dgram.createSocket('udp4').once('error', () => resolve(undefined));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(socket));
  });
}

async function isFreeForUdp(port: number): Promise<boolean> {
  const socket = await udpSocket(port);
  if (socket) await new Promise<void>((resolve) => socket.close(resolve));
  return socket !== undefined;
}

function isFreeForTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer().once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
