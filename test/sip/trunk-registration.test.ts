import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Kamailio } from '../support/kamailio';
import { header, sdp, SipPeer } from '../support/sip-peer';
import type { ProviderCase } from '../support/trunk-provider';
import { ACCOUNTS, isRegistered, statusOf, twoLogins } from '../support/trunk-provider';

describe('two logins at one provider (Kamailio)', () => {
  let bots: [SipPeer, SipPeer];
  let provided: ProviderCase;
  let provider: Kamailio | undefined;

  beforeEach(async () => {
    bots = [await SipPeer.open('udp'), await SipPeer.open('udp')];
  });

  const openEngine = async (trunk: Record<string, unknown> = {}): Promise<ProviderCase> => {
    provided = await twoLogins({ bots: [bots[0].uri('bot'), bots[1].uri('bot')], trunk });
    return provided;
  };

  afterEach(async () => {
    await provided.engine.stop();
    await provider?.stop();
    provider = undefined;
    await Promise.all(bots.map((bot) => bot.close()));
  });

  it('register both, and each call goes to the bot of its login', async () => {
    const { engine, port } = await openEngine();
    provider = await provided.start();
    for (const trunk of ['first', 'second'])
      expect(await statusOf(engine, trunk, isRegistered)).toMatchObject({ state: 'up', failures: 0 });
    const caller = await SipPeer.open('udp');
    for (const [i, login] of ['1000', '2000'].entries()) {
      const dialog = caller.dial({ port }, { to: `sip:${login}@127.0.0.1:${port}`, body: sdp() });
      const invite = await bots[i]!.expect('INVITE');
      expect(header(invite, 'P-Called-Party-ID')).toContain(`sip:${login}@`);
      bots[i]!.respond(invite, 486);
      dialog.confirm(await caller.expect(480));
    }
    await caller.close();
  });

  it('come back by themselves when the provider was away', async () => {
    // Over TCP a provider that is away is noticed at once, over UDP after 32 s.
    const { engine } = await openEngine({ transport: 'tcp' });
    provider = await provided.start();
    await statusOf(engine, 'first', isRegistered);
    await provider.stop();
    const client = await engine.client();
    await client.workflow.getHandle(`registration-first@${engine.node}`).signal('registerRequested');
    expect(await statusOf(engine, 'first', ({ problem }) => problem !== undefined)).toMatchObject({
      state: 'degraded',
    });
    provider = await provided.start();
    expect(await statusOf(engine, 'first', ({ state }) => state === 'up')).toMatchObject({ failures: 0 });
    await provider.until(/registered 1000/);
  });

  it('are refused with a wrong password, and taken when it is right again', async () => {
    const { engine } = await openEngine();
    provider = await provided.start({ accounts: { ...ACCOUNTS, '1000': 'changed' } });
    await statusOf(engine, 'second', isRegistered);
    const refused = await statusOf(engine, 'first', ({ registration }) => registration === 'refused');
    expect(refused).toMatchObject({ state: 'down', problem: expect.stringContaining('401') });
    await provider.stop();
    provider = await provided.start({ algorithm: 'SHA-256' });
    await statusOf(engine, 'first', isRegistered);
  });
});
