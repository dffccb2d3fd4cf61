import { X509Certificate } from 'node:crypto';
import { connect as connectPlain, createServer as createPlainServer, isIP } from 'node:net';
import type { Server, Socket, TcpNetConnectOpts } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import type { Logger } from 'pino';
import { PacedLog } from './paced-log';
import { identityProblem } from './peer-identity';
import type { TlsCredentials } from './tls-credentials';
import type { Target } from './types';

/** What runs on a TCP connection below SIP: nothing, or TLS. */
export interface Carrier {
  createServer(): Server;
  /** Runs for a connection that a peer opened, once SIP may flow. */
  onConnection(server: Server, accept: (socket: Socket) => void): void;
  connect(target: Target, options: TcpNetConnectOpts): Socket;
  /** What the socket of `connect` emits once SIP may flow. */
  readonly readyEvent: 'connect' | 'secureConnect';
}

export const plainCarrier: Carrier = {
  createServer: () => createPlainServer(),
  onConnection: (server, accept) => void server.on('connection', accept),
  connect: (_target, options) => connectPlain(options),
  readyEvent: 'connect',
};

/** TLS as client and server (RFC 3261 section 26.2.1); clients of ours are known by their address and need no certificate. */
export class TlsCarrier implements Carrier {
  readonly readyEvent = 'secureConnect';
  private readonly failures = new PacedLog();

  constructor(
    private readonly credentials: TlsCredentials,
    private readonly handshakeTimeoutMs: number,
    private readonly log: Logger
  ) {}

  createServer(): Server {
    const { credentials, handshakeTimeoutMs } = this;
    const server = createTlsServer({ ...credentials.options, handshakeTimeout: handshakeTimeoutMs });
    credentials.onReloaded(() => server.setSecureContext(credentials.options));
    server.on('tlsClientError', ({ message: reason }, { remoteAddress: address = '' }) => {
      this.failures.note(address, (count) => this.log.info({ address, reason, count }, 'TLS handshake failed'));
    });
    return server;
  }

  onConnection(server: Server, accept: (socket: Socket) => void): void {
    server.on('secureConnection', accept);
  }

  /** The connection fails unless the peer's certificate is trusted and names the target's domain. */
  connect(target: Target, options: TcpNetConnectOpts): Socket {
    const { verify, context } = this.credentials;
    const domain = target.domain ?? target.address;
    return connectTls({
      ...options,
      secureContext: context,
      servername: isIP(domain) === 0 ? domain : '',
      rejectUnauthorized: verify !== 'none',
      checkServerIdentity: (_host, { raw }) => {
        const problem = identityProblem(new X509Certificate(raw), domain, verify);
        return problem === undefined ? undefined : new Error(problem);
      },
    });
  }
}
