import type { IncomingHttpHeaders, RequestOptions } from 'node:http';
import { Agent, createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it, expect } from '@jest/globals';
import { createApi } from '../../../client/api/api';
import { serveApi } from '../../../client/api/serve';
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
    ['the problem', 'websocket', '/v1/channels/nobody/ws', { status: 404, title: 'Not Found' }],
    ['a problem for what is no WebSocket', 'websocket', '/healthz', { status: 400, detail: 'this is no WebSocket' }],
  ])('answers an upgrade that it refuses with %s', async (_, upgrade, path, problem) => {
    const served = await serveApi(api, { host: '127.0.0.1', port: 0 });
    const { status, fields, body } = await upgraded(`${served.url}${path}`, upgrade);
    expect([status, fields['content-type'], fields['connection']]).toEqual([
      problem.status,
      'application/problem+json',
      'close',
    ]);
    expect(fields['content-length']).toBe(`${Buffer.byteLength(body)}`);
    expect(JSON.parse(body)).toMatchObject(problem);
    await served.close();
  });

  it('serves what could do with another protocol, body and all', async () => {
    const served = await serveApi(api, { host: '127.0.0.1', port: 0 });
    const agent = new Agent({ keepAlive: true });
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' };
    const health = await answerTo(`${served.url}/healthz`, { headers, agent });
    expect([health.status, JSON.parse(health.body)]).toEqual([200, { status: 'ok' }]);
    const posted = { ...headers, 'content-type': 'application/json' };
    const body = JSON.stringify({ type: 'event', name: 'hangup', text: 'x'.repeat(20_000) });
    const taken = await answerTo(`${served.url}${activitiesPath}`, { method: 'POST', headers: posted, agent }, body);
    expect(taken.status).toBe(200);
    agent.destroy();
    await served.close();
  });

  it('answers an upgrade whose Host is none', async () => {
    const served = await serveApi(api, { host: '127.0.0.1', port: 0 });
    expect(await upgraded(served.url, 'websocket', { host: 'a b' })).toMatchObject({ status: 400 });
    await served.close();
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

/** Asks for an upgrade that is to be refused. */
function upgraded(url: string, upgrade: string, more: Record<string, string> = {}): Promise<HttpAnswer> {
  const websocket = { 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
  return answerTo(url, { headers: { connection: 'upgrade', upgrade, ...websocket, ...more } });
}

interface HttpAnswer {
  status: number | undefined;
  fields: IncomingHttpHeaders;
  body: string;
}

function answerTo(url: string, options: RequestOptions, body = ''): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const req = httpRequest(url, options);
    req.on('response', (res) => {
      text(res).then((said) => resolve({ status: res.statusCode, fields: res.headers, body: said }), reject);
    });
    req.on('error', reject).end(body);
  });
}
