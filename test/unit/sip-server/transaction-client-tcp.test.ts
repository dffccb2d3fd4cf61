import { once } from 'node:events';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { responseTo } from '../../../sip-server/message/respond';
import { serialize } from '../../../sip-server/message/serialize';
import { parseRequest } from './sip-text';
import { TransactionBench } from './transaction-bench';
import { WireStream } from './wire-peer';

let bench: TransactionBench;

beforeEach(async () => {
  bench = await TransactionBench.open();
});

afterEach(() => bench.close());

describe('client transaction over TCP', () => {
  let server: net.Server;
  let target: { protocol: 'tcp'; address: string; port: number };

  beforeEach(async () => {
    server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    target = { protocol: 'tcp', address: '127.0.0.1', port: (server.address() as net.AddressInfo).port };
  });

  afterEach(() => {
    server.close();
  });

  async function nextConnection(): Promise<WireStream> {
    const [socket] = (await once(server, 'connection')) as [net.Socket];
    return WireStream.of(socket);
  }

  function answer(stream: WireStream, status: number): void {
    const request = parseRequest(Buffer.from(stream.text));
    stream.socket.write(serialize(responseTo(request, status)));
  }

  it('sends once, without rport, and ends with the final response', async () => {
    const connection = nextConnection();
    bench.request('INFO', { target });
    const stream = await connection;
    const text = await stream.expect('\r\n\r\n');
    expect(text).toMatch(/^Via: SIP\/2\.0\/TCP 127\.0\.0\.1:\d+;branch=z9hG4bK[0-9a-f]{24}\r$/m);
    answer(stream, 200);
    await bench.journal.expect('final 200');
    expect(bench.layer.size).toBe(0);
    expect(stream.text).toBe(text);
    stream.socket.destroy();
  });

  it('times out without a retransmission', async () => {
    const connection = nextConnection();
    bench.request('INVITE', { target });
    const stream = await connection;
    await bench.journal.expect('timeout');
    expect(stream.text.match(/^INVITE /gm)).toHaveLength(1);
    stream.socket.destroy();
  });

  it('sends an unanswered request once more when a reused connection is lost, then gives up', async () => {
    const first = nextConnection();
    bench.request('INFO', { target });
    const stream = await first;
    await stream.expect('\r\n\r\n');
    answer(stream, 200);
    await bench.journal.expect('final 200');
    const second = nextConnection();
    bench.request('MESSAGE', { target });
    await stream.expect('MESSAGE sip:');
    stream.socket.destroy();
    const retried = await second;
    expect(await retried.expect('\r\n\r\n')).toMatch(/^MESSAGE sip:/);
    retried.socket.destroy();
    await bench.journal.expect('transport the connection was closed');
    expect(bench.journal.entries).toEqual(['final 200', 'transport the connection was closed']);
  });

  it('reports a connection that cannot be opened', async () => {
    server.close();
    await once(server, 'close');
    const transaction = bench.request('INVITE', { target });
    while (bench.journal.entries.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(bench.journal.entries).toEqual([expect.stringContaining('ECONNREFUSED')]);
    expect(transaction.isPending).toBe(false);
  });
});
