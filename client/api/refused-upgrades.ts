import type { IncomingMessage, Server } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Http2Bindings, HttpBindings } from '@hono/node-server';
import { plainProblem } from './problem';

/** What the adaptor gives an app beside a request; `outgoing` is absent from one for an upgrade. */
type NodeRequest = HttpBindings | Http2Bindings;

/** Of the adaptor: these end where the connection does, or are told by what is sent. */
const OWN_FIELDS = new Set(['connection', 'content-length', 'transfer-encoding']);

/** Of the upgrade that is not made: Connection names them for this hop (RFC 9110 section 7.8, RFC 7540 section 3.2.1). */
const UPGRADE_FIELDS = new Set(['connection', 'upgrade', 'http2-settings']);

/**
 * Answers upgrades that are refused, where the adaptor would send the status without the problem, and serves requests that could do with an
 * upgrade to something else, as HTTP/2, which the adaptor would leave without an answer.
 */
export class RefusedUpgrades {
  readonly #taken = new WeakSet<object>();

  constructor(private readonly app: (request: Request, env: NodeRequest) => Response | Promise<Response>) {}

  /** The app, as the adaptor is to call it. */
  readonly fetch = async (request: Request, env: NodeRequest): Promise<Response> => {
    if ((env as Partial<NodeRequest>).outgoing !== undefined) return this.app(request, env);
    this.#taken.add(env.incoming);
    const response = await this.app(request, env);
    if (!isAccepted(response)) await answer(env.incoming.socket, response);
    return response;
  };

  /** Takes the upgrades that do not reach the app. To be called when the adaptor listens already, which then leaves refusals to us. */
  listen(server: Server): void {
    server.on('upgrade', (request, socket, rest) => {
      if (this.#taken.has(request)) return;
      if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
        serveAgain(server, request, socket, rest);
        return;
      }
      socket.on('error', () => undefined);
      void answer(socket, problem(400, 'the request is not valid'));
    });
  }
}

/** A server may ignore an upgrade (RFC 9110 section 7.8): it gets the request once more, without. @param rest what came behind its head */
function serveAgain(server: Server, { method, url, rawHeaders }: IncomingMessage, socket: Duplex, rest: Buffer): void {
  const fields = rawHeaders.flatMap((name, i) =>
    i % 2 === 0 && !UPGRADE_FIELDS.has(name.toLowerCase()) ? [`${name}: ${rawHeaders[i + 1]}`] : []
  );
  const head = [`${method} ${url} HTTP/1.1`, ...fields].join('\r\n');
  socket.unshift(Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), rest]));
  server.emit('connection', socket);
}

/** An accepted upgrade is an answer with nothing in it. */
function isAccepted({ ok, body }: Response): boolean {
  return ok && body === null;
}

async function answer(socket: Duplex, response: Response): Promise<void> {
  if (response.ok) {
    await response.body?.cancel();
    return answer(socket, problem(400, 'this is no WebSocket'));
  }
  const body = await response.text();
  const fields = [...response.headers].filter(([name]) => !OWN_FIELDS.has(name));
  const head = [
    `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ''}`,
    ...fields.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  if (!socket.destroyed) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function problem(status: 400, detail: string): Response {
  const headers = { 'content-type': 'application/problem+json' };
  return new Response(JSON.stringify(plainProblem(status, detail)), { status, headers });
}
