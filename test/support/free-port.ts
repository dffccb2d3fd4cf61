import net from 'node:net';
import dgram from 'node:dgram';

/** A port of 127.0.0.1 that is free for TCP and UDP just now. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const isUdpFree = await new Promise<boolean>((resolve) => {
    const socket = dgram.createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)));
  });
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return isUdpFree ? port : freePort();
}
