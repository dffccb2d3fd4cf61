import dgram from 'node:dgram';
import net from 'node:net';
import tls from 'node:tls';
import { PeerTransactions } from './sip-peer-transactions';

export interface PeerAddress {
  /** Default 127.0.0.1. */
  host?: string;
  port: number;
}

export type PeerProtocol = 'udp' | 'tcp' | 'tls';

export interface PeerSocketOptions {
  protocol: PeerProtocol;
  /** Loopback address. Default 127.0.0.1. */
  host?: string;
  /** Default: a free one. */
  port?: number;
  /** UDP: repeats what is lost, and takes what comes again once. Default: the test does all of that. */
  isReliable?: boolean;
  /** TLS: what it shows and whom it trusts. */
  credentials?: tls.SecureContextOptions;
}

/** One UDP socket, or a TCP or TLS server with its connections, those that it opened included. */
export class PeerSocket {
  readonly host: string;
  private readonly connections = new Map<string, net.Socket>();
  private udp: dgram.Socket | undefined;
  private tcp: net.Server | undefined;
  private readonly transactions: PeerTransactions | undefined;

  constructor(
    private readonly options: PeerSocketOptions,
    private readonly take: (text: string, from: PeerAddress) => void
  ) {
    this.host = options.host ?? '127.0.0.1';
    if (options.isReliable === true) this.transactions = new PeerTransactions((text, to) => this.write(text, to));
  }

  open(): Promise<void> {
    const { protocol, port = 0, credentials } = this.options;
    return new Promise((resolve, reject) => {
      if (protocol === 'udp') {
        this.udp = dgram.createSocket(net.isIPv6(this.host) ? 'udp6' : 'udp4').on('error', reject);
        this.udp.on('message', (bytes, { address, port: from }) =>
          this.takeDatagram(bytes.toString(), { host: address, port: from })
        );
        this.udp.bind(port, this.host, resolve);
      } else {
        const adopt = (socket: net.Socket): void => this.adopt(socket);
        this.tcp = protocol === 'tcp' ? net.createServer(adopt) : tls.createServer({ ...credentials }, adopt);
        this.tcp.on('error', reject).listen(port, this.host, resolve);
      }
    });
  }

  get port(): number {
    return this.udp?.address().port ?? (this.tcp?.address() as net.AddressInfo).port;
  }

  send(text: string, to: PeerAddress): void {
    if (this.transactions) this.transactions.send(text, to);
    else this.write(text, to);
  }

  private takeDatagram(text: string, from: PeerAddress): void {
    if (this.transactions?.take(text, from) ?? true) this.take(text, from);
  }

  private write(text: string, to: PeerAddress): void {
    if (this.udp) this.udp.send(text, to.port, to.host ?? this.host);
    else this.connection(to).write(text);
  }

  dropConnections(): void {
    for (const socket of this.connections.values()) socket.destroy();
    this.connections.clear();
  }

  async close(): Promise<void> {
    this.dropConnections();
    this.transactions?.close();
    await new Promise<void>((resolve) => {
      if (this.udp) this.udp.close(() => resolve());
      else this.tcp?.close(() => resolve());
    });
  }

  private connection({ host = this.host, port }: PeerAddress): net.Socket {
    const open = this.connections.get(`${host}:${port}`);
    if (open && !open.destroyed) return open;
    const { protocol, credentials } = this.options;
    const checkServerIdentity = (): undefined => undefined;
    const socket =
      protocol === 'tcp' ? net.connect(port, host) : tls.connect({ ...credentials, port, host, checkServerIdentity });
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
