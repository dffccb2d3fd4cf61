import { afterEach, describe, expect, it } from '@jest/globals';
import { DnsServer } from '../../support/dns-server';
import type { DnsName, SrvAnswer } from '../../support/dns-server';
import { freePort } from '../../support/free-port';
import { header, sdp } from '../../support/sip-peer';
import type { SipPeer } from '../../support/sip-peer';
import { World } from './fixture';

let world: World;
let dns: DnsServer;

afterEach(async () => {
  await world.close();
  await dns.close();
});

/** A server that asks a DNS server with these names; T1 is short, so that silence is noticed soon. */
async function start(names: Record<string, DnsName>): Promise<void> {
  dns = await DnsServer.start({ 'gw.carrier.test': { a: ['127.0.0.1'] }, ...names });
  world = await World.start({ dnsServers: [dns.address], timers: { t1: 10, t2: 40, t4: 50, c: 10_000 } });
}

/** Gateways of a carrier in the order to try them. */
function gateways(...ports: number[]): SrvAnswer[] {
  return ports.map((port, priority) => ({ priority, port, target: 'gw.carrier.test' }));
}

/** A server and the two gateways of its carrier. */
async function withTwoGateways(): Promise<[SipPeer, SipPeer]> {
  const ports = [await freePort(), await freePort()] as const;
  await start({ '_sip._udp.carrier.test': { srv: gateways(...ports) } });
  const open = (port: number): Promise<SipPeer> => world.peer({ protocol: 'udp', port });
  return [await open(ports[0]), await open(ports[1])];
}

describe('a name', () => {
  it('leads to the port of its SRV record, with the name kept in the Request-URI', async () => {
    const port = await freePort();
    await start({ '_sip._udp.carrier.test': { srv: gateways(port) } });
    const gateway = await world.peer({ protocol: 'udp', port });
    const app = await world.app();
    const sent = await app.request({ uri: 'sip:bob@carrier.test', method: 'OPTIONS' });
    const options = await gateway.expect('OPTIONS');
    expect(options.uri).toBe('sip:bob@carrier.test');
    gateway.respond(options, 200);
    await sent.response(200);
  });

  it('with a port is no service: only its addresses are asked for', async () => {
    await start({ 'carrier.test': { a: ['127.0.0.1'] } });
    const gateway = await world.peer();
    const app = await world.app();
    await app.request({ uri: `sip:bob@carrier.test:${gateway.port}`, method: 'OPTIONS' });
    gateway.respond(await gateway.expect('OPTIONS'), 200);
    expect(dns.queries.filter((query) => query.endsWith('SRV'))).toEqual([]);
  });

  it('leads to the protocol that its domain has when the URI names none', async () => {
    const port = await freePort();
    await start({ '_sip._tcp.carrier.test': { srv: gateways(port) } });
    const gateway = await world.peer({ protocol: 'tcp', port });
    const app = await world.app();
    await app.request({ uri: 'sip:bob@carrier.test', method: 'OPTIONS' });
    expect(header(await gateway.expect('OPTIONS'), 'Via')).toContain('SIP/2.0/TCP');
  });

  it('is asked for once by those who ask at once', async () => {
    const port = await freePort();
    await start({ '_sip._udp.carrier.test': { srv: gateways(port) } });
    const gateway = await world.peer({ protocol: 'udp', port });
    gateway.whenever('OPTIONS', (options) => gateway.respond(options, 200));
    const app = await world.app();
    const all = await Promise.all(
      [1, 2, 3, 4].map(() => app.request({ uri: 'sip:bob@carrier.test;transport=udp', method: 'OPTIONS' }))
    );
    await Promise.all(all.map((sent) => sent.response(200)));
    expect(dns.queries.filter((query) => query.endsWith('SRV'))).toEqual(['_sip._udp.carrier.test SRV']);
  });
});

describe('the next target', () => {
  it('takes a call when the connection to the first is refused, and calls after it at once', async () => {
    const [dead, alive] = [await freePort(), await freePort()];
    await start({ '_sip._tcp.carrier.test': { srv: gateways(dead, alive) } });
    const gateway = await world.peer({ protocol: 'tcp', port: alive });
    gateway.whenever('INVITE', (invite) => gateway.respond(invite, 486));
    const app = await world.app();
    for (const expected of [1, 2]) {
      const sent = await app.request({ uri: 'sip:bob@carrier.test;transport=tcp', method: 'INVITE', body: sdp() });
      await sent.response(486);
      expect(sent.responses.map(({ status }) => status)).toEqual([486]);
      expect(gateway.count('INVITE')).toBe(expected);
    }
  });

  it('takes a call that the first refuses with 503, in a transaction of its own', async () => {
    const [first, second] = await withTwoGateways();
    const app = await world.app();
    const calling = app.srf.createUAC('sip:bob@carrier.test', { localSdp: sdp() });
    const refused = await first.expect('INVITE');
    first.respond(refused, 100);
    first.respond(refused, 503);
    await first.expect('ACK');
    const taken = await second.expect('INVITE');
    const call = second.accept(taken, { body: sdp() });
    const dialog = await calling;
    await second.expect('ACK');
    expect(header(taken, 'Via')).not.toBe(header(refused, 'Via'));
    for (const name of ['From', 'Call-ID', 'CSeq']) expect(header(taken, name)).toBe(header(refused, name));
    second.whenever('BYE', (bye) => second.respond(bye, 200));
    await dialog.destroy();
    expect(call.callId).toBe(header(refused, 'Call-ID'));
  });

  it('takes a request that the first leaves without an answer', async () => {
    const [silent, second] = await withTwoGateways();
    second.whenever('INVITE', (invite) => second.respond(invite, 404));
    const app = await world.app();
    const sent = await app.request({ uri: 'sip:bob@carrier.test', method: 'INVITE', body: sdp() });
    await sent.response(404);
    expect(sent.responses.map(({ status }) => status)).toEqual([404]);
    expect(silent.count('INVITE')).toBe(1);
  });

  it('is not tried for a call that was cancelled or that got another answer', async () => {
    const [first, second] = await withTwoGateways();
    const app = await world.app();
    const call = (): ReturnType<typeof app.request> =>
      app.request({ uri: 'sip:bob@carrier.test', method: 'INVITE', body: sdp() });
    const busy = await call();
    first.respond(await first.expect('INVITE'), 500);
    await busy.response(500);
    const cancelled = await call();
    await first.expect('INVITE');
    cancelled.req.cancel();
    await cancelled.response(487);
    expect(second.count('INVITE')).toBe(0);
  });

  it('is not tried after ringing', async () => {
    const [first, second] = await withTwoGateways();
    const app = await world.app();
    const rang = await app.request({ uri: 'sip:bob@carrier.test', method: 'INVITE', body: sdp() });
    const invite = await first.expect('INVITE');
    first.respond(invite, 180);
    first.respond(invite, 503);
    await rang.response(503);
    expect(second.count('INVITE')).toBe(0);
  });

  it('is one effect with the first', async () => {
    const [first, second] = await withTwoGateways();
    const app = await world.app();
    const headers = { 'X-Effect-Id': 'call/invite/1' };
    const uri = 'sip:bob@carrier.test';
    const sent = await app.request({ uri, method: 'INVITE', headers, body: sdp() });
    first.respond(await first.expect('INVITE'), 503);
    const taken = await second.expect('INVITE');
    const again = await app.request({ uri, method: 'INVITE', headers, body: sdp() });
    expect(again.req.stackTxnId).toBe(sent.req.stackTxnId);
    second.respond(taken, 486);
    await again.response(486);
    expect([first.count('INVITE'), second.count('INVITE')]).toEqual([1, 1]);
  });
});
