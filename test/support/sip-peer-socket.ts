import dgram from 'node:dgram';
import net from 'node:net';

export interface PeerAddress {
  /** Default 127.0.0.1. */
  host?: string;
  port: number;
}

/** One UDP socket, or a TCP server with its connections, those that it opened included. */
export class PeerSocket {
  private readonly connections = new Map<string, net.Socket>();
  private udp: dgram.Socket | undefined;
  private tcp: net.Server | undefined;

  constructor(private readonly take: (text: string, from: PeerAddress) => void) {}

  open(protocol: 'udp' | 'tcp', port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (protocol === 'udp') {
        this.udp = dgram.createSocket('udp4').on('error', reject);
        this.udp.on('message', (bytes, { address, port: from }) =>
          this.take(bytes.toString(), { host: address, port: from })
        );
        this.udp.bind(port, '127.0.0.1', resolve);
      } else {
        this.tcp = net.createServer((socket) => this.adopt(socket)).on('error', reject);
        this.tcp.listen(port, '127.0.0.1', resolve);
      }
    });
  }

  get port(): number {
    return this.udp?.address().port ?? (this.tcp?.address() as net.AddressInfo).port;
  }

  send(text: string, to: PeerAddress): void {
    if (this.udp) this.udp.send(text, to.port, to.host ?? '127.0.0.1');
    else this.connection(to).write(text);
  }

  dropConnections(): void {
    for (const socket of this.connections.values()) socket.destroy();
    this.connections.clear();
  }

  async close(): Promise<void> {
    this.dropConnections();
    await new Promise<void>((resolve) => {
      if (this.udp) this.udp.close(() => resolve());
      else this.tcp?.close(() => resolve());
    });
  }

  private connection({ host = '127.0.0.1', port }: PeerAddress): net.Socket {
    const open = this.connections.get(`${host}:${port}`);
    if (open && !open.destroyed) return open;
    const socket = net.connect(port, host);
    this.adopt(socket, { host, port });
    return socket;
  }

  private adopt(
    socket: net.Socket,
    remote: Required<PeerAddress> = { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 }
  ): void {
    this.connections.set(`${remote.host}:${remote.port}`, socket);
    let buffered = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      buffered = Buffer.concat([buffered, bytes]);
      for (let length = messageLength(buffered); length > 0; length = messageLength(buffered)) {
        this.take(buffered.toString('utf8', 0, length), remote);
        buffered = buffered.subarray(length);
      }
    });
  }
}

/** Bytes of the first message by its Content-Length; 0 while it is incomplete. */
function messageLength(buffered: Buffer): number {
  const head = buffered.indexOf('\r\n\r\n');
  if (head < 0) return 0;
  const body = Number(/^content-length:\s*(\d+)/im.exec(buffered.toString('latin1', 0, head + 2))?.[1] ?? 0);
  return buffered.length < head + 4 + body ? 0 : head + 4 + body;
}
