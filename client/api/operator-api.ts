import type { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { requireOperator, requirePrincipal } from './access';
import type { ApiEnv } from './api-env';
import { readJson } from './json-body';
import * as routes from './operator-routes';
import { invalidConfig, RequestRefused } from './problem';
import type { Reload } from './reload';
import type { TrunksClient } from '../trunks';

/** What operators do at a worker. */
export interface OperatorParts {
  trunks: Pick<TrunksClient, 'list' | 'get' | 'register' | 'unregister'>;
  reload: () => Reload;
}

export function guardOperatorRoutes(api: OpenAPIHono<ApiEnv>): void {
  for (const path of ['/v1/trunks/*', '/v1/config/*']) {
    api.use(path, requirePrincipal, requireOperator, requireJson);
  }
}

/** What has no content must still be JSON: a page of somebody else's may send it only after its browser has asked. */
const requireJson: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (c.req.method === 'POST') await readJson(c);
  return next();
};

export function addOperatorRoutes(api: OpenAPIHono<ApiEnv>, { trunks, reload }: OperatorParts): void {
  api.openapi(routes.listTrunksRoute, async (c) => c.json({ trunks: await trunks.list() }, 200));
  api.openapi(routes.getTrunkRoute, async (c) => c.json(await trunks.get(c.req.valid('param').trunk), 200));
  api.openapi(routes.registerTrunkRoute, async (c) => c.json(await trunks.register(c.req.valid('param').trunk), 200));
  api.openapi(routes.unregisterTrunkRoute, async (c) =>
    c.json(await trunks.unregister(c.req.valid('param').trunk), 200)
  );
  api.openapi(routes.reloadConfigRoute, (c) => {
    const reloaded = reload();
    if (!reloaded.isDone) throw new RequestRefused(invalidConfig(reloaded.faults));
    const { trunks: of, channels, needsRestart } = reloaded;
    return c.json({ trunks: of, channels, needsRestart }, 200);
  });
}
