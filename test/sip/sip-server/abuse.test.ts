import net from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { Trace } from '../../../sip-server/trace/trace';
import { SipServer } from '../../../sip-server/server';
import { RawSip } from '../../support/raw-sip';
import { sdp } from '../../support/sip-peer';
import { deferred, secret, World } from './fixture';
import { StandingCall } from './standing-call';
import type { SettingsInput } from '../../../sip-server/settings';

let world: World;

afterEach(() => world.close());

/** A world with a call that is up; only `standing` is answered, other callers ring for ever. */
async function withCall(settings: Partial<SettingsInput> = {}): Promise<StandingCall> {
  world = await World.start(settings);
  await world.app((srf) => {
    srf.invite(async (req, res) => {
      if (!req.get('To').includes('standing')) return;
      const dialog = await srf.createUAS(req, res, { localSdp: sdp(7) });
      dialog.on('modify', (_req, answer) => answer.send(200, { body: sdp(8) }));
    });
  });
  return StandingCall.set(world);
}

function request(method: string, number: number, extra: string[] = []): Buffer {
  const id = `flood-${number}`;
  const lines = [`${method} sip:x@127.0.0.1 SIP/2.0`, `Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK${id};rport`];
  lines.push('From: <sip:a@127.0.0.1>;tag=1', 'To: <sip:x@127.0.0.1>', `Call-ID: ${id}`, `CSeq: 1 ${method}`, ...extra);
  return Buffer.from([...lines, 'Contact: <sip:a@127.0.0.1>', 'Content-Length: 0', '', ''].join('\r\n'));
}

/** A connection to the port of applications that says what it likes. */
class Stranger {
  text = '';
  readonly closed: Promise<void>;

  private constructor(readonly socket: net.Socket) {
    socket.on('data', (chunk: Buffer) => (this.text += chunk.toString())).on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  static async connect(): Promise<Stranger> {
    const stranger = new Stranger(net.connect(world.server.admin.port, '127.0.0.1'));
    await new Promise((resolve) => stranger.socket.once('connect', resolve));
    return stranger;
  }

  send(payload: string): void {
    this.socket.write(`${Buffer.byteLength(payload)}#${payload}`);
  }
}

describe('with a call up', () => {
  it('a source that asks for too much gets some 503 and then nothing', async () => {
    const call = await withCall({ sourceRatePerS: 1, sourceBurst: 30, exemptSources: [] });
    const raw = await RawSip.open('udp', world.udp.port);
    for (let number = 0; number < 200; number += 1) raw.send(request('OPTIONS', number));
    while (!raw.statuses.includes(503)) await new Promise((resolve) => setImmediate(resolve));
    expect(await call.reinvite()).toBe(200);
    const answered = (status: number): number => raw.received.split(`SIP/2.0 ${status}`).length - 1;
    expect(answered(200)).toBeLessThan(40);
    expect(answered(503)).toBeLessThan(30);
    expect(raw.received).toContain('Retry-After: 1');
    raw.close();
  });

  it('a source that sends malformed messages gets some 400 and then nothing', async () => {
    const call = await withCall({ exemptSources: [] });
    const raw = await RawSip.open('udp', world.udp.port);
    for (let number = 0; number < 200; number += 1)
      raw.send(Buffer.from(request('OPTIONS', number).toString().replace('CSeq: 1', 'CSeq: none')));
    while (!raw.statuses.includes(400)) await new Promise((resolve) => setImmediate(resolve));
    expect(await call.reinvite()).toBe(200);
    expect(raw.received.split('SIP/2.0 400').length - 1).toBeLessThan(40);
    raw.close();
  });

  it('a flood of INVITEs that nobody acknowledges stays within its bound', async () => {
    const call = await withCall({ maxServerTransactions: 50 });
    const raw = await RawSip.open('udp', world.udp.port);
    for (let number = 0; number < 500; number += 1) raw.send(request('INVITE', number));
    expect(await call.reinvite()).toBe(200);
    const gauge = await world.server.metrics.registry.getSingleMetricAsString('sip_server_transactions');
    expect(Number(/side="server"\} (\d+)/.exec(gauge)?.[1])).toBeLessThanOrEqual(52);
    raw.close();
  });

  it('a message that trickles in, and one without end, close their connections', async () => {
    const call = await withCall({ messageTimeoutMs: 100 });
    const slow = await RawSip.open('tcp', world.tcp.port);
    const trickle = setInterval(() => slow.send(Buffer.from('O')), 10).unref();
    await slow.end();
    clearInterval(trickle);
    const endless = await RawSip.open('tcp', world.tcp.port);
    endless.send(Buffer.from(`OPTIONS sip:x@y SIP/2.0\r\nX: ${'a'.repeat(70_000)}`));
    await endless.end();
    const big = await RawSip.open('tcp', world.tcp.port);
    big.send(Buffer.from(request('OPTIONS', 1).toString().replace('Content-Length: 0', 'Content-Length: 99999999')));
    expect(await big.answer()).toBe(413);
    await big.end();
    expect(await call.reinvite()).toBe(200);
  });

  it('an application that floods with requests gets NOK beyond the limit', async () => {
    const call = await withCall({ maxClientTransactions: 20 });
    const app = await world.app();
    const silent = await world.peer();
    const asked = Array.from({ length: 60 }, () => app.request({ uri: silent.uri('x'), method: 'OPTIONS' }));
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    expect(await call.reinvite()).toBe(200);
  });

  it('an application that sends what is no frame loses its connection alone', async () => {
    const call = await withCall();
    const stranger = await Stranger.connect();
    stranger.send(`1|authenticate|${secret}|`);
    stranger.socket.write('this is no frame');
    await stranger.closed;
    expect(await call.reinvite()).toBe(200);
  });
});

describe('before it has authenticated, an application', () => {
  it.each(['route|invite', 'remove_route|invite', 'ping', 'sip||', 'proxy|x', 'nonsense'])(
    'that says %s is refused and closed',
    async (verb) => {
      const call = await withCall();
      const stranger = await Stranger.connect();
      stranger.send(`1|${verb}`);
      await stranger.closed;
      expect(stranger.text).toContain('|1|NO|not authenticated');
      expect(await call.reinvite()).toBe(200);
    }
  );

  it('with a wrong secret is refused after a while, and nothing that follows is read', async () => {
    const call = await withCall();
    const stranger = await Stranger.connect();
    stranger.send('1|authenticate|wrong|');
    stranger.send(`2|authenticate|${secret}|`);
    await stranger.closed;
    expect(stranger.text).toContain('|1|NO|wrong secret');
    expect(stranger.text).not.toContain('|2|');
    expect(await call.reinvite()).toBe(200);
  });

  it('that says nothing, or announces a long frame, is closed', async () => {
    const call = await withCall({ authenticateWithinMs: 100 });
    const silent = await Stranger.connect();
    const long = await Stranger.connect();
    long.socket.write('1000000#');
    await Promise.all([silent.closed, long.closed]);
    expect(await call.reinvite()).toBe(200);
  });

  it('beyond as many as may, closes the oldest', async () => {
    const call = await withCall({ maxUnauthenticated: 2 });
    const [first, second, third] = [await Stranger.connect(), await Stranger.connect(), await Stranger.connect()];
    await first.closed;
    second.send(`1|authenticate|${secret}|`);
    third.send('1|ping');
    await third.closed;
    expect(second.socket.destroyed).toBe(false);
    second.socket.destroy();
    expect(await call.reinvite()).toBe(200);
  });
});

describe('secrets', () => {
  it('are in no line of the log or the trace', async () => {
    const written: string[] = [];
    const log = pino({ level: 'trace' }, { write: (line) => void written.push(line) });
    const listen = [{ protocol: 'udp' as const, address: '127.0.0.1', port: 0 }];
    const server = new SipServer({ listen, admin: { host: '127.0.0.1', port: 0 }, secret }, log);
    server.observe(new Trace(true, (text) => written.push(text)));
    await server.start();
    world = World.around(server);
    const seen = deferred();
    await world.app((srf) =>
      srf.register((_req, res) => {
        res.send(401, { headers: { 'WWW-Authenticate': 'Digest realm="r", nonce="s3cret-nonce"' } });
        seen.resolve();
      })
    );
    const stranger = await Stranger.connect();
    stranger.send('1|authenticate|s3cret-guess|');
    const raw = await RawSip.open('udp', world.udp.port);
    raw.send(request('REGISTER', 1, ['Authorization: Digest username="u", response="s3cret-response"']));
    expect(await raw.answer()).toBe(401);
    raw.send(request('OPTIONS', 2, ['Authorization: Digest response="s3cret-two"', 'no colon in this line']));
    await stranger.closed;
    await seen.promise;
    const text = written.join('\n');
    expect(text).toContain('client with a wrong secret');
    expect(text).toContain('REGISTER');
    expect(text).not.toContain(secret);
    expect(text).not.toContain('s3cret');
    raw.close();
  });
});
