import { afterEach, describe, expect, it } from '@jest/globals';
import pino from 'pino';
import { responseTo } from '../../../sip-server/message/respond';
import { TransportLayer } from '../../../sip-server/transport/transport-layer';
import type { TransportSettings } from '../../../sip-server/transport/transport-layer';
import { requestLines, sipText } from './sip-text';
import { WireStream } from './wire-peer';

const options = sipText(requestLines('OPTIONS', ['Content-Length: 0']));

let transport: TransportLayer;
const logged: string[] = [];

/** A listener that answers each request 200. @returns its port */
async function listen(settings: Partial<TransportSettings>): Promise<number> {
  logged.length = 0;
  const log = pino({ level: 'warn' }, { write: (line) => void logged.push(line) });
  transport = new TransportLayer({ log, ...settings });
  transport.onReceived = ({ message, flow }) => {
    if (message.kind === 'request') transport.respond(responseTo(message, 200), flow, () => undefined);
  };
  await transport.listen([{ protocol: 'tcp', address: '127.0.0.1', port: 0 }]);
  return transport.listeners[0]!.port;
}

afterEach(() => transport.close());

describe('a TCP connection', () => {
  it('is closed when a message is not completed in time, however it trickles in', async () => {
    const stream = await WireStream.connect(await listen({ messageTimeoutMs: 100 }));
    stream.socket.write(options);
    await stream.expect('SIP/2.0 200');
    const trickle = setInterval(() => stream.socket.write('x'), 20).unref();
    await stream.closed();
    clearInterval(trickle);
    expect(stream.text.match(/^SIP\/2\.0 /gm)).toHaveLength(1);
  });

  it('stays without a message, and after half a ping', async () => {
    const port = await listen({ messageTimeoutMs: 50 });
    const [quiet, slow] = [await WireStream.connect(port), await WireStream.connect(port)];
    quiet.socket.write('\r\n');
    slow.socket.write('OPTIONS');
    await slow.closed();
    quiet.socket.write(options);
    expect(await quiet.expect('SIP/2.0 200')).toMatch(/^SIP\/2\.0 200/);
    quiet.socket.destroy();
  });

  it('beyond those that may be open is closed at once, with one line in the log', async () => {
    const port = await listen({ maxConnections: 1 });
    const first = await WireStream.connect(port);
    first.socket.write(options);
    await first.expect('SIP/2.0 200');
    for (let count = 0; count < 3; count += 1) await (await WireStream.connect(port)).closed();
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('too many TCP connections');
    const freed = new Promise((resolve) => (transport.onFlowClosed = resolve));
    first.socket.destroy();
    await freed;
    const next = await WireStream.connect(port);
    next.socket.write(options);
    await next.expect('SIP/2.0 200');
    next.socket.destroy();
  });
});
