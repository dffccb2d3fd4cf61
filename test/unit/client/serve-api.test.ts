import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, expect } from '@jest/globals';
import { createApi } from '../../../client/http';
import { serveApi } from '../../../client/serve';
import { activitiesPath, fakeCalls, fakeOperator, silent } from './api-client';

describe('serveApi', () => {
  const api = createApi({ calls: fakeCalls(), ...fakeOperator(), log: silent });

  it('serves over HTTP until it is closed', async () => {
    const served = await serveApi(api, { host: '127.0.0.1', port: 0 });
    const answer = await fetch(`${served.url}/healthz`);
    expect(await answer.json()).toEqual({ status: 'ok' });
    await served.close();
    await expect(fetch(`${served.url}/healthz`)).rejects.toThrow('fetch failed');
  });

  it('names the port when it is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(serveApi(api, { host: '127.0.0.1', port })).rejects.toThrow(
      `the API cannot listen on 127.0.0.1 port ${port}: the port is taken; choose another api.port`
    );
    await new Promise((resolve) => other.close(resolve));
  });

  it.each([
    [100, 200],
    [70_000, 413],
  ])('counts a body of %i bytes that comes in chunks: %i', async (bytes, status) => {
    const served = await serveApi(api, { host: '127.0.0.1', port: 0 });
    const answered = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
      const req = httpRequest(`${served.url}${activitiesPath}`, { method: 'POST', headers }, (res) => {
        res.resume().on('end', () => resolve(res.statusCode));
      });
      req.on('error', reject);
      req.write('"');
      req.write('x'.repeat(bytes - 2));
      req.end('"');
    });
    expect(answered).toBe(status);
    await served.close();
  });
});
