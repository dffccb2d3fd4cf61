import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Authority } from '../support/certificates';
import { Engine } from '../support/engine';
import { freePort } from '../support/free-port';
import type { PhoneCall } from '../support/joined-call';
import { phoneCall } from '../support/joined-call';
import { WAIT_LIMIT_MS } from '../support/limits';
import { header, SipPeer } from '../support/sip-peer';
import { isRegistered, statusOf } from '../support/trunk-provider';

describe('a trunk over TLS', () => {
  let authority: Authority;
  let engine: Engine;
  let bot: SipPeer;
  let provider: SipPeer;
  let call: PhoneCall | undefined;
  let port: number;

  beforeAll(async () => {
    authority = new Authority();
    const credentials = authority.credentials(authority.issue('provider'));
    provider = await SipPeer.open({ protocol: 'tls', credentials });
    bot = await SipPeer.open();
    port = await freePort();
    const { certFile, keyFile } = authority.issue('server');
    const files = ['--tls-cert', certFile, '--tls-key', keyFile, '--tls-ca', authority.certFile];
    engine = await Engine.start({
      bot: bot.uri('bot'),
      trunk: { host: provider.sentBy, transport: 'tls', register: {}, transferMethod: 'invite' },
      env: { DURABLE_CALLS_PASSWORD_TRUNK: 'secret' },
      sipServerArgs: ['--listen', `tls:127.0.0.1:${port}`, ...files],
    });
  }, 90_000);

  afterAll(async () => {
    await call?.close();
    await engine.stop();
    await Promise.all([provider, bot].map((peer) => peer.close()));
    authority.remove();
  }, 60_000);

  it('registers and calls out by it, with answers to challenges', async () => {
    const plain = await provider.expect('REGISTER', { withinMs: WAIT_LIMIT_MS });
    expect(header(plain, 'Contact')).toContain(`<sip:1000@127.0.0.1:${port};trunk=trunk;transport=tls>`);
    provider.respond(plain, 401, {
      headers: [['WWW-Authenticate', 'Digest realm="r", nonce="n1", algorithm=SHA-256']],
    });
    const proven = await provider.expect('REGISTER', { withinMs: WAIT_LIMIT_MS });
    expect(header(proven, 'Authorization')).toContain(`uri="sip:${provider.sentBy};transport=tls"`);
    provider.respond(proven, 200, { headers: [['Contact', header(proven, 'Contact')!]] });
    await statusOf(engine, 'trunk', isRegistered);

    call = await phoneCall(engine, bot);
    await call.transfer({ transferTarget: 'tel:5000' });
    const invite = await provider.expect('INVITE', { withinMs: WAIT_LIMIT_MS });
    expect(invite.uri).toBe(`sip:5000@${provider.sentBy};transport=tls`);
    expect(header(invite, 'Via')).toMatch(/^SIP\/2\.0\/TLS /);
    provider.respond(invite, 486);
    await provider.expect('ACK', { withinMs: WAIT_LIMIT_MS });
  }, 240_000);
});
