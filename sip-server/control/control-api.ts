import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import type { Context, MiddlewareHandler } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { InvalidCursor } from './dialog-page';
import type { Operations } from './operations';
import { answerProblem, RequestRefused } from './problem';

export interface ControlApiOptions {
  operations: Operations;
  metrics: Registry;
  /** Every request but that for `/health` carries it: `Authorization: Bearer <token>`. */
  token: string;
  log: Logger;
}

const defaultPageSize = 500;
const maxPageSize = 5000;

/** The HTTP API for operators and for reconciliation. Errors are problem documents (RFC 9457). */
export function createControlApi({ operations, metrics, token, log }: ControlApiOptions): Hono {
  const api = new Hono();
  const onMethodNotAllowed = (c: Context, methods: string[]): Response =>
    answerProblem(c, 405, undefined, { allow: methods.join(', ') });
  api.use(methodNotAllowed({ app: api, onMethodNotAllowed }));
  api.notFound((c) => answerProblem(c, 404));
  api.onError((error, c) => {
    if (error instanceof RequestRefused) return answerProblem(c, error.status, error.message);
    log.error({ err: error, method: c.req.method, path: c.req.path }, 'control request failed');
    return answerProblem(c, 500);
  });
  api.get('/health', (c) => {
    const health = operations.health();
    return c.json(health, health.status === 'ok' ? 200 : 503);
  });
  api.use(requireToken(token));
  api.get('/metrics', async (c) => c.text(await metrics.metrics(), 200, { 'content-type': metrics.contentType }));
  addDialogs(api, operations, log);
  addDrain(api, operations, log);
  api.get('/effects/:id{.+}', (c) => {
    const report = operations.effect(c.req.param('id'));
    return report === undefined ? answerProblem(c, 404, 'no effect is known by this id') : c.json(report);
  });
  return api;
}

function addDialogs(api: Hono, operations: Operations, log: Logger): void {
  api.get('/dialogs', (c) => {
    try {
      return c.json(operations.dialogs(c.req.query('since'), pageSize(c.req.query('limit'))));
    } catch (error) {
      if (error instanceof InvalidCursor) throw new RequestRefused(400, error.message);
      throw error;
    }
  });
  api.delete('/dialogs/:id{.+}', (c) => {
    const id = c.req.param('id');
    const reason = endReason(c.req.query('reason'));
    const state = operations.endDialog(id, reason);
    if (state === undefined) throw new RequestRefused(404, 'no dialog has this id');
    if (state === 'ended') return c.body(null, 204);
    log.info({ dialogId: id, state, reason }, 'dialog ended through the control port');
    return c.json({ id, was: state }, 202);
  });
}

/** In printable ASCII, as the Reason header wants it. */
function endReason(text = 'ended by an operator'): string {
  if (!/^[ !#-[\]-~]{1,200}$/.test(text))
    throw new RequestRefused(400, '"reason" is not 1 to 200 printable ASCII characters without quotes and backslashes');
  return text;
}

function addDrain(api: Hono, { drain }: Operations, log: Logger): void {
  api.post('/drain', (c) => {
    const exit = c.req.query('exit') === 'true';
    drain.start({ exit });
    log.warn({ exit }, 'draining: new calls are refused');
    return c.json(drain.state);
  });
  api.delete('/drain', (c) => {
    drain.stop();
    log.warn('draining undone: new calls are taken');
    return c.json(drain.state);
  });
}

function pageSize(text: string | undefined): number {
  const size = text === undefined ? defaultPageSize : /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (size < 1 || size > maxPageSize) throw new RequestRefused(400, `"limit" is not in 1 to ${maxPageSize}`);
  return size;
}

function requireToken(token: string): MiddlewareHandler {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return async (c, next) => {
    // Digests take the same time to compare wherever the two differ.
    if (timingSafeEqual(digest(c.req.header('authorization') ?? ''), expected)) return next();
    return answerProblem(c, 401, undefined, { 'www-authenticate': 'Bearer' });
  };
}
