import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { header, sdp } from '../../support/sip-peer';
import { secret, World } from './fixture';

let world: World;

beforeEach(async () => {
  world = await World.start({ routeWaitMs: 50 });
});

afterEach(() => world.close());

/** A client of the protocol without drachtio-srf. */
class RawClient {
  private readonly frames: string[] = [];
  private waiting: (() => void)[] = [];
  private buffered = Buffer.alloc(0);
  isClosed = false;

  private constructor(private readonly socket: net.Socket) {
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
      this.wake();
    });
    socket.on('data', (chunk) => this.read(chunk));
  }

  static async connect(): Promise<RawClient> {
    const socket = net.connect(world.server.admin.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    return new RawClient(socket);
  }

  write(...payloads: string[]): void {
    this.socket.write(payloads.map((payload) => `${Buffer.byteLength(payload)}#${payload}`).join(''));
  }

  writeBytes(bytes: string): void {
    this.socket.write(bytes);
  }

  async frame(): Promise<string[]> {
    while (this.frames.length === 0 && !this.isClosed) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.frames.shift()?.split('\r\n')[0]!.split('|') ?? ['closed'];
  }

  async closed(): Promise<boolean> {
    while (!this.isClosed) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return true;
  }

  end(): void {
    this.socket.destroy();
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private read(chunk: Buffer): void {
    this.buffered = Buffer.concat([this.buffered, chunk]);
    for (;;) {
      const end = this.buffered.indexOf('#');
      const length = Number(this.buffered.toString('latin1', 0, end));
      if (end < 0 || this.buffered.length < end + 1 + length) break;
      this.frames.push(this.buffered.toString('utf8', end + 1, end + 1 + length));
      this.buffered = this.buffered.subarray(end + 1 + length);
    }
    this.wake();
  }
}

async function authenticated(...routes: string[]): Promise<RawClient> {
  const client = await RawClient.connect();
  client.write(`m0|authenticate|${secret}|`);
  await client.frame();
  for (const route of routes) {
    client.write(`m1|route|${route}`);
    await client.frame();
  }
  return client;
}

describe('authentication', () => {
  it('names addresses and version with the mark for effects', async () => {
    const client = await RawClient.connect();
    client.write(`m0|authenticate|${secret}|a,b`);
    const [, verb, msgId, outcome, hostports, version, local] = await client.frame();
    expect([verb, msgId, outcome]).toEqual(['response', 'm0', 'OK']);
    expect(hostports).toBe(`udp/127.0.0.1:${world.udp.port},tcp/127.0.0.1:${world.tcp.port}`);
    expect(local).toBe(hostports);
    expect(version).toMatch(/^v\d+\.\d+\.\d+\+effects$/);
    client.end();
  });

  it.each([
    ['a wrong secret', 'm0|authenticate|guess|'],
    ['no secret', 'm0|authenticate'],
    ['another verb first', 'm0|route|invite'],
    ['a ping first', 'm0|ping'],
  ])('answers NO to %s and closes', async (_what, payload) => {
    const client = await RawClient.connect();
    client.write(payload);
    const [, verb, msgId, outcome] = await client.frame();
    expect([verb, msgId, outcome]).toEqual(['response', 'm0', 'NO']);
    expect(await client.closed()).toBe(true);
  });

  it('reads nothing more after a wrong secret', async () => {
    const client = await RawClient.connect();
    client.write('m0|authenticate|guess|', `m1|authenticate|${secret}|`);
    expect((await client.frame())[3]).toBe('NO');
    expect(await client.frame()).toEqual(['closed']);
  });

  it('closes a connection that sends no frames', async () => {
    const client = await RawClient.connect();
    client.writeBytes('GET / HTTP/1.1\r\n\r\n');
    expect(await client.closed()).toBe(true);
  });
});

describe('client frames', () => {
  it.each([
    ['a proxy request', 'm1|proxy|txn||||serial||sip:x@y\r\nINVITE sip:x@y SIP/2.0\r\n\r\n'],
    ['an unknown verb', 'm1|dance'],
    ['a response without transaction', 'm1|sip||\r\nSIP/2.0 200 OK\r\n\r\n'],
    ['a response to an unknown transaction', 'm1|sip|nothing|\r\nSIP/2.0 200 OK\r\n\r\n'],
    ['a request with a transaction id that is no CANCEL', 'm1|sip|txn|\r\nINFO sip:x@y SIP/2.0\r\n\r\n'],
    ['a request in an unknown dialog', 'm1|sip||a;from-tag=b\r\nINFO sip:x@y SIP/2.0\r\n\r\n'],
    ['an ACK in an unknown dialog', 'm1|sip||a;from-tag=b\r\nACK sip:x@y SIP/2.0\r\n\r\n'],
    ['a URI that nobody serves', 'm1|sip||\r\nINVITE tel:+1555 SIP/2.0\r\n\r\n'],
    ['a TLS URI', 'm1|sip||\r\nINVITE sips:x@127.0.0.1 SIP/2.0\r\n\r\n'],
    ['a body without type', 'm1|sip||\r\nMESSAGE sip:x@127.0.0.1 SIP/2.0\r\n\r\nhello'],
    ['garbage', 'm1|sip||\r\nnot sip at all'],
    ['no SIP text', 'm1|sip||'],
  ])('answers NOK to %s and keeps the connection', async (_what, payload) => {
    const client = await authenticated();
    client.write(payload, 'm2|ping');
    expect((await client.frame()).slice(1, 4)).toEqual(['response', 'm1', 'NOK']);
    expect((await client.frame()).slice(1)).toEqual(['response', 'm2', 'OK', 'pong']);
    client.end();
  });

  it('answers routes without further tokens and unroutes only what is named', async () => {
    const client = await authenticated();
    client.write(
      'r1|route|INVITE',
      'r2|route|invite',
      'r3|route|options',
      'r4|remove_route|options',
      'r5|route|cdr:start'
    );
    for (const id of ['r1', 'r2', 'r3', 'r4', 'r5']) {
      expect((await client.frame()).slice(1)).toEqual(['response', id, 'OK']);
    }
    const caller = await world.peer();
    caller.dial(world.udp, { body: sdp() });
    const frame = await client.frame();
    expect(frame[1]).toBe('sip');
    expect(frame).toHaveLength(13);
    expect(frame.slice(9)).toEqual(['', '127.0.0.1', String(world.udp.port), '']);
    client.end();
  });

  it('replies that a request was sent before any response to it', async () => {
    const callee = await world.peer();
    callee.whenever('OPTIONS', (request) => callee.respond(request, 200));
    const client = await authenticated();
    client.write(`m1|sip||\r\nOPTIONS ${callee.uri('bob')} SIP/2.0\r\nFrom: sip:me@localhost\r\n\r\n`);
    const sent = await client.frame();
    expect(sent.slice(1, 5)).toEqual(['response', 'm1', 'OK', 'application']);
    expect(sent.slice(11)).toEqual(['Msg sent:', '']);
    const response = await client.frame();
    expect(response[1]).toBe('sip');
    expect(response[2]).toBe('network');
    expect(response[6]).toBe(String(callee.port));
    expect(response[8]).toBe(sent[10]);
    expect(header(callee.log[0]!.message, 'From')).toContain(`127.0.0.1:${world.udp.port}`);
    client.end();
  });

  it('takes turns between connections, however often they routed', async () => {
    const clients = [await authenticated('message', 'message', 'message'), await authenticated('message')];
    const peer = await world.peer();
    for (let count = 0; count < 4; count += 1)
      peer.request('MESSAGE', world.udp, { body: 'x', contentType: 'text/plain' });
    for (const client of clients) {
      expect((await client.frame())[1]).toBe('sip');
      expect((await client.frame())[1]).toBe('sip');
      client.end();
    }
  });

  it('refuses to send from a port that cannot be reached with 503', async () => {
    const client = await authenticated();
    client.write(`m1|sip||\r\nOPTIONS sip:x@127.0.0.1:1;transport=tcp SIP/2.0\r\n\r\n`);
    expect((await client.frame())[3]).toBe('OK');
    expect((await client.frame())[1]).toBe('sip');
    client.end();
  });

  it('carries a body of 200 kB to a peer', async () => {
    const app = await world.app();
    const callee = await world.peer('tcp');
    const body = 'é'.repeat(100_000);
    const headers = { 'Content-Type': 'text/plain' };
    await app.request({ uri: callee.uri('bob'), method: 'MESSAGE', headers, body });
    expect((await callee.expect('MESSAGE')).body).toBe(body);
  });
});
