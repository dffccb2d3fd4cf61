import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pino from 'pino';
import type { MalformedMessage } from '../../../sip-server/message/parse';
import { responseTo } from '../../../sip-server/message/respond';
import { topVia } from '../../../sip-server/message/via';
import { ListenError, toListener } from '../../../sip-server/transport/listen-spec';
import { TransportLayer } from '../../../sip-server/transport/transport-layer';
import type { Received } from '../../../sip-server/transport/types';
import { hasIpv6 } from '../../support/has-ipv6';
import { parseRequest, requestLines, sipText } from './sip-text';
import { WirePeer, WireStream } from './wire-peer';

const log = pino({ level: 'silent' });
const streamOptions = sipText(requestLines('OPTIONS', ['Content-Length: 0']));

let transport: TransportLayer;
let peer: WirePeer;
let udpPort: number;
let tcpPort: number;

beforeEach(async () => {
  transport = new TransportLayer({ log });
  await transport.listen([
    { protocol: 'udp', address: '127.0.0.1', port: 0 },
    { protocol: 'tcp', address: '127.0.0.1', port: 0 },
  ]);
  [udpPort = 0, tcpPort = 0] = transport.listeners.map(({ port }) => port);
  peer = await WirePeer.open();
});

afterEach(async () => {
  await transport.close();
  await peer.close();
});

function nextReceived(): Promise<Received> {
  return new Promise((resolve) => (transport.onReceived = resolve));
}

describe('TransportLayer on UDP', () => {
  it('hands up a request with the real source in its top Via and leaves the others', async () => {
    const received = nextReceived();
    const bytes = sipText(requestLines('OPTIONS', ['Via: SIP/2.0/UDP below;branch=z9hG4bKb']));
    peer.send(bytes, udpPort);
    const { message, bytes: size, flow, time } = await received;
    expect(topVia(message.headers)).toMatchObject({
      received: '127.0.0.1',
      rport: peer.port,
      host: '127.0.0.1',
      port: 5099,
    });
    expect(message.headers.values('Via')[1]).toBe('SIP/2.0/UDP below;branch=z9hG4bKb');
    expect(size).toBe(bytes.length);
    expect(flow).toMatchObject({ protocol: 'udp', remote: { address: '127.0.0.1', port: peer.port }, isOpen: true });
    expect(time).toMatch(/^\d\d:\d\d:\d\d\.\d{6}$/);
  });

  it('answers to the real source and not to sent-by', async () => {
    transport.onReceived = ({ message, flow }) => {
      if (message.kind === 'request') transport.respond(responseTo(message, 200), flow, () => undefined);
    };
    peer.send(sipText(requestLines('OPTIONS')), udpPort);
    await expect(peer.expect('200')).resolves.toBeDefined();
  });

  it('answers 400 to what it can answer, drops the rest and goes on', async () => {
    const problems: MalformedMessage[] = [];
    transport.onMalformed = (problem) => problems.push(problem);
    peer.send(Buffer.from('\r\n\r\n'), udpPort);
    peer.send(Buffer.from([0, 255, 254, 10, 10]), udpPort);
    peer.send(sipText(requestLines('INVITE', ['nonsense'])), udpPort);
    await peer.expect('400');
    expect(problems.map(({ partial }) => partial?.method)).toEqual([undefined, 'INVITE']);
  });

  it('survives a handler that throws', async () => {
    transport.onReceived = () => {
      throw new Error('fault');
    };
    peer.send(sipText(requestLines('OPTIONS')), udpPort);
    peer.send(sipText(['INVITE x']), udpPort);
    const malformed = new Promise((resolve) => (transport.onMalformed = resolve));
    await expect(malformed).resolves.toBeDefined();
    const received = nextReceived();
    peer.send(sipText(requestLines('INFO')), udpPort);
    expect((await received).message).toMatchObject({ method: 'INFO' });
  });

  it('reports a datagram that cannot be sent', async () => {
    const request = parseRequest(sipText(requestLines('INFO'), 'x'.repeat(70000)));
    const flow = transport.flowTo({ protocol: 'udp', address: '127.0.0.1', port: peer.port });
    const reason = new Promise<string>((resolve) => transport.send(request, flow, resolve));
    await expect(reason).resolves.toContain('EMSGSIZE');
  });
});

describe('TransportLayer on TCP', () => {
  it('answers pings, requests in pieces and pipelined ones on their connection', async () => {
    transport.onReceived = ({ message, flow }) => {
      if (message.kind === 'request')
        transport.respond(responseTo(message, 200, message.method), flow, () => undefined);
    };
    const stream = await WireStream.connect(tcpPort);
    stream.socket.write('\r\n\r\n');
    await stream.expect('\r\n');
    stream.socket.write(streamOptions.subarray(0, 50));
    stream.socket.write(Buffer.concat([streamOptions.subarray(50), sipText(requestLines('INFO', ['l: 0']))]));
    await stream.expect('200 OPTIONS');
    expect((await stream.expect('200 INFO')).startsWith('\r\nSIP/2.0 200 OPTIONS')).toBe(true);
    stream.socket.destroy();
  });

  it('answers 400 and closes when the stream lost its framing', async () => {
    const stream = await WireStream.connect(tcpPort);
    stream.socket.write(sipText(requestLines('OPTIONS')));
    await stream.closed();
    expect(stream.text).toMatch(/^SIP\/2\.0 400 /);
  });

  it('answers 400 to a malformed message with sound framing and keeps the connection', async () => {
    const received = nextReceived();
    const stream = await WireStream.connect(tcpPort);
    stream.socket.write(sipText(requestLines('OPTIONS', ['nonsense', 'Content-Length: 0'])));
    await stream.expect('SIP/2.0 400 ');
    stream.socket.write(streamOptions);
    expect((await received).message).toMatchObject({ method: 'OPTIONS' });
    stream.socket.destroy();
  });

  it('sends requests over a connection that the peer opened', async () => {
    const received = nextReceived();
    const stream = await WireStream.connect(tcpPort);
    stream.socket.write(streamOptions);
    const { flow } = await received;
    expect(transport.openFlowTo({ protocol: 'tcp', ...flow.remote })).toBe(flow);
    stream.socket.destroy();
  });

  it('opens one connection for what is sent to the same address', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const target = { protocol: 'tcp' as const, address: '127.0.0.1', port: (server.address() as net.AddressInfo).port };
    const flow = transport.flowTo(target);
    expect(transport.flowTo(target)).toBe(flow);
    const accepted = once(server, 'connection');
    transport.send(parseRequest(sipText(requestLines('INFO'), 'x')), flow, () => undefined);
    const stream = WireStream.of(((await accepted) as [net.Socket])[0]);
    expect(await stream.expect('\r\n\r\nx')).toContain('Content-Length: 1\r\n');
    const closed = new Promise((resolve) => (transport.onFlowClosed = resolve));
    stream.socket.destroy();
    expect(await closed).toBe(flow);
    expect(flow.isOpen).toBe(false);
    server.close();
  });

  it('reports a connection that cannot be opened', async () => {
    const free = net.createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as net.AddressInfo;
    free.close();
    await once(free, 'close');
    const flow = transport.flowTo({ protocol: 'tcp', address: '127.0.0.1', port });
    const request = parseRequest(sipText(requestLines('INFO')));
    const reasons = await Promise.all(
      [1, 2].map(() => new Promise<string>((resolve) => transport.send(request, flow, resolve)))
    );
    expect(reasons[0]).toContain('ECONNREFUSED');
    expect(reasons[1]).toContain('ECONNREFUSED');
  });

  it('sends a response to sent-by when the connection of the request is gone', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const received = nextReceived();
    const stream = await WireStream.connect(tcpPort);
    const lines = requestLines('OPTIONS', ['Content-Length: 0']);
    lines[1] = `Via: SIP/2.0/TCP 127.0.0.1:${port};branch=z9hG4bK1`;
    stream.socket.write(sipText(lines));
    const { message, flow } = await received;
    const closed = new Promise((resolve) => (transport.onFlowClosed = resolve));
    stream.socket.destroy();
    await closed;
    const accepted = once(server, 'connection');
    if (message.kind === 'request') transport.respond(responseTo(message, 200), flow, () => undefined);
    const back = WireStream.of(((await accepted) as [net.Socket])[0]);
    await expect(back.expect('SIP/2.0 200 OK')).resolves.toBeDefined();
    back.socket.destroy();
    server.close();
  });
});

describe('listening', () => {
  it.each(['udp', 'tcp'] as const)('names a %s port that is taken and leaves nothing bound', async (protocol) => {
    const port = protocol === 'udp' ? udpPort : tcpPort;
    const second = new TransportLayer({ log });
    const specs = [
      { protocol: 'udp' as const, address: '127.0.0.1', port: 0 },
      { protocol, address: '127.0.0.1', port },
    ];
    const refused = second.listen(specs);
    await expect(refused).rejects.toThrow(ListenError);
    await expect(refused).rejects.toThrow(`cannot listen on ${protocol} 127.0.0.1:${port}: the port is already in use`);
    expect(second.listeners).toEqual([]);
  });

  it('advertises what is external, and on a wildcard no wildcard', () => {
    const spec = { protocol: 'udp' as const, address: '0.0.0.0', port: 0 };
    expect(toListener({ ...spec, external: { host: '203.0.113.1' } }, 5060).advertised).toEqual({
      host: '203.0.113.1',
      port: 5060,
    });
    expect(toListener({ ...spec, external: { host: 'sip.example', port: 6 } }, 5060).advertised).toEqual({
      host: 'sip.example',
      port: 6,
    });
    expect(toListener(spec, 5060).advertised.host).not.toBe('0.0.0.0');
    expect(toListener({ ...spec, address: '2001:db8::1' }, 5060).advertised.host).toBe('[2001:db8::1]');
  });
});

(hasIpv6 ? describe : describe.skip)('listening on IPv6', () => {
  it('hands up what comes with its source', async () => {
    const six = new TransportLayer({ log });
    await six.listen([{ protocol: 'udp', address: '::1', port: 0 }]);
    const received = new Promise<Received>((resolve) => (six.onReceived = resolve));
    const socket = dgram.createSocket('udp6');
    socket.send(sipText(requestLines('OPTIONS')), six.listeners[0]!.port, '::1');
    const { message, flow } = await received;
    expect(topVia(message.headers)?.received).toBe('::1');
    expect(flow.remote.address).toBe('::1');
    socket.close();
    await six.close();
  });
});
