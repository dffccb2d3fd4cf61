import type { Server } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Http2Bindings, HttpBindings } from '@hono/node-server';
import { plainProblem } from './problem';

/** What the adaptor gives an app beside a request; `outgoing` is absent from one for an upgrade. */
type NodeRequest = HttpBindings | Http2Bindings;

/** Of the adaptor: these end where the connection does, or are told by what is sent. */
const OWN_FIELDS = new Set(['connection', 'content-length', 'transfer-encoding']);

/**
 * Answers upgrades that are refused. The adaptor would send the status without the problem, and leave an upgrade to anything but a
 * WebSocket without an answer.
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
    server.on('upgrade', (request, socket) => {
      if (this.#taken.has(request)) return;
      socket.on('error', () => undefined);
      void answer(socket, problem(400, 'there is an upgrade to WebSocket only'));
    });
  }
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
