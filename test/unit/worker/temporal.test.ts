import { afterEach, expect, it } from '@jest/globals';
import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { connectToTemporal } from '../../../worker/temporal';
import { Authority } from '../../support/certificates';

const environment = { ...process.env };
const authority = new Authority();

afterEach(() => {
  process.env = environment;
  authority.remove();
});

/** A front end that answers every call with an empty message. Holds a certificate for `localhost` alone. */
async function frontEnd(): Promise<{ port: number; names: string[]; close: () => void }> {
  const names: string[] = [];
  const credentials = authority.credentials(authority.issue('temporal', { names: ['DNS:localhost'] }));
  const server = http2.createSecureServer(credentials);
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers) => {
    names.push(String(headers[':authority']));
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(Buffer.alloc(5));
  });
  await once(server.listen(0, 'localhost'), 'listening');
  const close = (): void => {
    for (const session of sessions) session.destroy();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, names, close };
}

it('knows Temporal by its own name through the tunnel, certificate included', async () => {
  const { port, names, close } = await frontEnd();
  process.env['TEMPORAL_ADDRESS'] = `localhost:${port}`;
  process.env['TEMPORAL_TLS'] = 'true';
  process.env['TEMPORAL_TLS_SERVER_CA_CERT_PATH'] = authority.certFile;
  const temporal = await connectToTemporal();
  await temporal.close();
  close();
  // The SDK leaves the port out where it is told the name.
  expect(new Set(names)).toEqual(new Set(['localhost', `localhost:${port}`]));
});
