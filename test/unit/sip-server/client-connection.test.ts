import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { ClientConnection } from '../../../sip-server/drachtio/connection';

it('a client that does not read is cut off', async () => {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = net.connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  const [socket] = (await once(server, 'connection')) as [net.Socket];
  const faults: unknown[] = [];
  const closed = new Promise<void>((resolve) => {
    const connection = new ClientConnection(
      socket,
      {
        onFrame: () => undefined,
        onFault: (_connection, error) => faults.push(error),
        onClosed: () => resolve(),
        onHung: () => undefined,
        onBack: () => undefined,
      },
      { maxUnreadBytes: 1_000_000, shortestPingMs: 5000, undrainedMs: 2000, hold: (leave) => leave() }
    );
    connection.send(Buffer.alloc(1000));
    expect(faults).toEqual([]);
    while (connection.isOpen) connection.send(Buffer.alloc(500_000));
  });
  await closed;
  expect(faults).toHaveLength(1);
  expect(String(faults[0])).toMatch(/has not read \d+ bytes/);
  client.destroy();
  server.close();
});
