import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { createControlApi } from '../../../sip-server/control/control-api';
import { ControlPort } from '../../../sip-server/control/control-port';
import { header, sdp, tagIn } from '../../support/sip-peer';
import type { SipPeer } from '../../support/sip-peer';
import { deferred, ping, World } from './fixture';
import type { PeerDialog } from '../../support/sip-peer-dialog';
import type { Srf, SrfDialog } from './srf';

const token = 'operators-only';

let world: World;
let port: ControlPort;

function openPort(): Promise<ControlPort> {
  const { operations, metrics } = world.server;
  const api = createControlApi({ operations, metrics: metrics.registry, token, log: pino({ level: 'silent' }) });
  return ControlPort.open(api, { host: '127.0.0.1', port: 0 });
}

beforeEach(async () => {
  world = await World.start();
  port = await openPort();
});

afterEach(async () => {
  await port.close();
  await world.close();
});

function ask(method: string, path: string, authorization = `Bearer ${token}`): Promise<Response> {
  return fetch(`http://${port.address}${path}`, { method, headers: { authorization } });
}

async function read(path: string): Promise<Record<string, unknown>> {
  return (await (await ask('GET', path)).json()) as Record<string, unknown>;
}

const answering = (srf: Srf): void => srf.invite((req, res) => srf.createUAS(req, res, { localSdp: sdp(7) }));

async function callUp(caller: SipPeer): Promise<PeerDialog> {
  const call = caller.dial(world.udp, { body: sdp() });
  call.confirm(await caller.expect(200)).ack();
  return call;
}

describe('who may ask', () => {
  it('is whoever has the token; health is for all', async () => {
    for (const [method, path] of [
      ['GET', '/dialogs'],
      ['DELETE', '/dialogs/x'],
      ['GET', '/effects/x'],
      ['POST', '/drain'],
      ['GET', '/no-such-thing'],
    ] as const) {
      const refused = await ask(method, path, 'Bearer wrong');
      expect([path, refused.status]).toEqual([path, 401]);
      expect(refused.headers.get('content-type')).toBe('application/problem+json');
    }
    expect((await ask('GET', '/health', '')).status).toBe(503);
    expect((await ask('GET', '/no-such-thing')).status).toBe(404);
    expect((await ask('PUT', '/drain')).headers.get('allow')).toBe('POST, DELETE');
  });
});

describe('dialogs', () => {
  it('are listed page by page with their owner', async () => {
    await world.app(answering, ['west']);
    const caller = await world.peer();
    const calls = [await callUp(caller), await callUp(caller), await callUp(caller)];
    const first = (await read('/dialogs?limit=2')) as unknown as { dialogs: object[]; next: string; more: boolean };
    expect(first.dialogs).toMatchObject([
      { id: calls[0]!.id, state: 'confirmed', role: 'uas', tag: calls[0]!.remoteTag, owner: { tags: ['west'] } },
      { id: calls[1]!.id, peer: caller.uri('caller') },
    ]);
    expect(first.more).toBe(true);
    const second = await read(`/dialogs?limit=2&since=${first.next}`);
    expect(second).toMatchObject({ more: false, dialogs: [{ id: calls[2]!.id }] });
    expect((await ask('GET', '/dialogs?since=nonsense')).status).toBe(400);
    expect((await ask('GET', '/dialogs?limit=0')).status).toBe(400);
  });

  it('are ended by BYE with a Reason, once', async () => {
    const destroyed = deferred<string>();
    await world.app((srf) =>
      srf.invite(async (req, res) => {
        const dialog = await srf.createUAS(req, res, { localSdp: sdp(7) });
        dialog.on('destroy', (bye) => destroyed.resolve(bye.get('Reason')));
      })
    );
    const caller = await world.peer();
    const call = await callUp(caller);
    const path = `/dialogs/${encodeURIComponent(call.id)}`;
    expect((await ask('DELETE', path)).status).toBe(202);
    const bye = await caller.expect('BYE');
    expect(header(bye, 'Reason')).toBe('SIP;cause=200;text="ended by an operator"');
    expect(await destroyed.promise).toBe(header(bye, 'Reason'));
    expect((await ask('DELETE', path)).status).toBe(204);
    caller.respond(bye, 200);
    expect((await ask('DELETE', '/dialogs/no-such')).status).toBe(404);
    expect(caller.count('BYE')).toBe(1);

    const other = `/dialogs/${encodeURIComponent((await callUp(caller)).id)}`;
    expect((await ask('DELETE', `${other}?reason=${encodeURIComponent('a"b')}`)).status).toBe(400);
    expect((await ask('DELETE', `${other}?reason=no+more+of+it`)).status).toBe(202);
    expect(header(await caller.expect('BYE'), 'Reason')).toBe('SIP;cause=200;text="no more of it"');
  });

  it('that ring are refused to the caller and taken from the application', async () => {
    const cancelled = deferred();
    await world.app((srf) =>
      srf.invite((req, res) => {
        req.on('cancel', () => cancelled.resolve());
        res.send(180);
      })
    );
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp() });
    const ringing = await caller.expect(180);
    expect((await ask('DELETE', `/dialogs/${encodeURIComponent(call.id)}`)).status).toBe(202);
    const refusal = await caller.expect(480);
    expect(tagIn(header(refusal, 'To'))).toBe(tagIn(header(ringing, 'To')));
    await cancelled.promise;
    expect(await read('/dialogs')).toMatchObject({ dialogs: [] });
  });

  it('that an application opens and nobody answers are cancelled', async () => {
    const app = await world.app();
    const callee = await world.peer();
    const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp() });
    const invite = await callee.expect('INVITE');
    callee.respond(invite, 180);
    const { dialogs } = (await read('/dialogs')) as unknown as { dialogs: { id: string; role: string }[] };
    expect(dialogs).toMatchObject([{ role: 'uac' }]);
    await ask('DELETE', `/dialogs/${encodeURIComponent(dialogs[0]!.id)}`);
    const cancel = await callee.expect('CANCEL');
    callee.respond(cancel, 200);
    callee.respond(invite, 487);
    await expect(calling).rejects.toMatchObject({ status: 487 });
  });
});

describe('effects', () => {
  it('tell what became of them', async () => {
    const app = await world.app();
    const callee = await world.peer();
    const id = 'call/refer/1';
    expect((await ask('GET', `/effects/${encodeURIComponent(id)}`)).status).toBe(404);
    const sent = await app.request({ uri: callee.uri('bob'), method: 'OPTIONS', headers: { 'X-Effect-Id': id } });
    const path = `/effects/${encodeURIComponent(id)}`;
    expect(await read(path)).toMatchObject({ id, state: 'sent', responses: [], dialogId: null });
    callee.respond(await callee.expect('OPTIONS'), 486);
    await sent.response(486);
    expect(await read(path)).toMatchObject({ state: 'over', responses: [486] });
  });
});

describe('a server that is drained', () => {
  it('takes no new calls, goes on with those that are up, and takes new ones again when that is undone', async () => {
    const dialogs: SrfDialog[] = [];
    const app = await world.app((srf) => {
      srf.invite(async (req, res) => {
        const dialog = await srf.createUAS(req, res, { localSdp: sdp(7) });
        dialog.on('info', (_req, info) => info.send(200));
        dialogs.push(dialog);
      });
    });
    const caller = await world.peer();
    const call = await callUp(caller);
    expect((await ask('GET', '/health')).status).toBe(200);
    expect(await (await ask('POST', '/drain')).json()).toEqual({ draining: true, exit: false, dialogs: 1 });
    const health = await ask('GET', '/health');
    expect([health.status, await health.json()]).toMatchObject([503, { reasons: ['draining'], applications: 1 }]);
    caller.dial(world.udp, { body: sdp() });
    expect(header(await caller.expect(503), 'Retry-After')).toBe('30');
    caller.request('OPTIONS', world.udp);
    expect((await caller.expect(503)).status).toBe(503);
    call.request('INFO');
    expect((await caller.expect(200)).status).toBe(200);
    await ask('DELETE', '/drain');
    await callUp(caller);
    await ping(app.srf);
    expect(dialogs).toHaveLength(2);
  });

  it('ends with its last dialog when it was told so', async () => {
    await port.close();
    await world.close();
    world = await World.start({ keepEndedMs: 50 });
    port = await openPort();
    await world.app((srf) => {
      answering(srf);
      srf.use((req, res, next) => (req.method === 'BYE' ? res.send(200) : next()));
    });
    const caller = await world.peer();
    const call = await callUp(caller);
    const over = deferred();
    world.server.operations.drain.onEmpty = () => over.resolve();
    expect(await (await ask('POST', '/drain?exit=true')).json()).toMatchObject({ exit: true, dialogs: 1 });
    call.request('BYE');
    await over.promise;
    expect(await read('/dialogs')).toMatchObject({ dialogs: [] });
  });
});

describe('metrics', () => {
  /** Metric lines with their values, by name and labels. */
  async function metrics(): Promise<Map<string, number>> {
    const text = await (await ask('GET', '/metrics')).text();
    const lines = text.split('\n').filter((line) => line.startsWith('sip_server_'));
    return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
  }

  it('count messages, dialogs, deliveries, effects and refusals', async () => {
    const app = await world.app(answering);
    const caller = await world.peer();
    const call = await callUp(caller);
    const again = { method: 'INFO', stackDialogId: call.id, headers: { 'X-Effect-Id': 'once' } };
    const info = await app.request(again);
    caller.respond(await caller.expect('INFO'), 200);
    await info.response(200);
    await app.request(again);
    caller.request('UPDATE', world.udp);
    await caller.expect(481);
    caller.send('nonsense', world.udp);
    caller.request('X-OWN', world.udp);
    await caller.expect(501);
    const now = await metrics();
    expect(Object.fromEntries(now)).toMatchObject({
      'sip_server_requests_total{direction="in",transport="udp",method="INVITE"}': 1,
      'sip_server_requests_total{direction="in",transport="udp",method="ACK"}': 1,
      'sip_server_requests_total{direction="in",transport="udp",method="other"}': 1,
      'sip_server_requests_total{direction="out",transport="udp",method="INFO"}': 1,
      'sip_server_responses_total{direction="out",transport="udp",method="INVITE",class="2xx"}': 1,
      'sip_server_responses_total{direction="in",transport="udp",method="INFO",class="2xx"}': 1,
      'sip_server_malformed_total{transport="udp"}': 1,
      'sip_server_deliveries_total{delivery="first"}': 1,
      'sip_server_refusals_total{status="481"}': 1,
      'sip_server_server_answers_total{status="501"}': 1,
      'sip_server_effects_total{effect="new"}': 1,
      'sip_server_effects_total{effect="repeated"}': 1,
      'sip_server_dialogs{state="confirmed"}': 1,
      'sip_server_dialogs{state="early"}': 0,
      sip_server_applications: 1,
      sip_server_draining: 0,
    });
    expect(now.get('sip_server_bytes_total{direction="in",transport="udp"}')).toBeGreaterThan(1000);
  });
});
