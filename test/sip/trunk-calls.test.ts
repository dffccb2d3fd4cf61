import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Kamailio } from '../support/kamailio';
import type { PeerDialog } from '../support/sip-peer-dialog';
import { header, sdp, SipPeer } from '../support/sip-peer';
import type { ProviderCase } from '../support/trunk-provider';
import { isRegistered, statusOf, twoLogins } from '../support/trunk-provider';

describe('calls of a provider (Kamailio)', () => {
  let bots: [SipPeer, SipPeer];
  let caller: SipPeer;
  let provided: ProviderCase;
  let provider: Kamailio | undefined;

  beforeEach(async () => {
    bots = [await SipPeer.open('udp'), await SipPeer.open('udp')];
    caller = await SipPeer.open('udp');
  });

  afterEach(async () => {
    await provided.engine.stop();
    await provider?.stop();
    provider = undefined;
    await Promise.all([...bots, caller].map((peer) => peer.close()));
  });

  const openEngine = async (trunk: Record<string, unknown> = {}): Promise<void> => {
    provided = await twoLogins({ bots: [bots[0].uri('bot'), bots[1].uri('bot')], trunk });
  };

  const dial = (to: string, port = provided.port): PeerDialog => caller.dial({ port }, { to, body: sdp() });

  it('are taken up to the limit of each trunk, and again when one has ended', async () => {
    await openEngine({ maxCalls: 2 });
    provider = await provided.start();
    for (const trunk of ['first', 'second']) await statusOf(provided.engine, trunk, isRegistered);
    const numbers = ['1000', '1000', '2000', '1000'];
    const finals: number[] = [];
    let last: PeerDialog | undefined;
    for (const number of numbers) {
      const dialog = dial(`sip:${number}@127.0.0.1:${provided.port}`);
      const bot = bots[number === '1000' ? 0 : 1];
      if (finals.length < 3) bot.accept(await bot.expect('INVITE'), { body: sdp() });
      const final = await caller.expect(({ status = 0 }) => status >= 200);
      finals.push(final.status ?? 0);
      dialog.confirm(final);
      dialog.ack();
      if (finals.length === 1) last = dialog;
    }
    expect(finals).toEqual([200, 200, 200, 486]);
    bots[0].whenever('BYE', (bye) => bots[0].respond(bye, 200));
    last!.request('BYE');
    await caller.expect(({ status, headers }) => status === 200 && headers.some(([, value]) => value.endsWith(' BYE')));
    await expectTaken(`sip:1000@127.0.0.1:${provided.port}`);
    await provided.engine.worker.logs('Trunk has as many calls as it may');
  });

  /** Dials until the bot is called, and refuses: what is known of calls and registrations is a moment behind. */
  async function expectTaken(to: string): Promise<void> {
    bots[0].whenever('INVITE', (invite) => bots[0].respond(invite, 503));
    for (const deadline = Date.now() + 30_000; Date.now() < deadline;) {
      dial(to);
      const { status = 0 } = await caller.expect((message) => (message.status ?? 0) >= 300);
      // A proxy makes 500 of another's 503 (RFC 3261 section 16.7).
      if (status >= 500) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('the call was never taken');
  }

  it('reach a trunk that must be registered only while it is', async () => {
    await openEngine({ requireRegistered: true });
    const { engine } = provided;
    await statusOf(engine, 'first', ({ registration }) => registration !== 'off');
    dial(`sip:1000@127.0.0.1:${engine.sipPort}`, engine.sipPort);
    await caller.expect(480);
    await engine.worker.logs('Trunk is not registered');
    provider = await provided.start();
    await statusOf(engine, 'first', isRegistered);
    await expectTaken(`sip:1000@127.0.0.1:${provided.port}`);
  });

  it('find their trunk by the parameter of its Contact, by the request-URI, or by To', async () => {
    await openEngine({ register: undefined });
    const { sipPort } = provided.engine;
    const at = `127.0.0.1:${sipPort}`;
    for (const [uri, bot, to] of [
      [`sip:pbx@${at};trunk=second`, 1],
      [`sip:+2000@${at};user=phone`, 1],
      [`sip:%2B1000@${at}`, 0],
      [`SIP:1000@${at}`, 0],
      ['tel:+1000;phone-context=example.com', 0],
      [`sip:pbx@${at}`, 1, `"sip:1000@${at}" <sip:+2000;phone-context=example.com@${at};user=phone>`],
      [`sip:pbx@${at}`, 1, '<tel:+2000>'],
    ] as [uri: string, bot: number, to?: string][]) {
      const headers: [string, string][] = to === undefined ? [] : [['To', to]];
      caller.request('INVITE', { port: sipPort }, { to: uri, headers, body: sdp() });
      const invite = await bots[bot]!.expect('INVITE', { withinMs: 30_000 });
      expect(header(invite, 'X-Call-ID')).toBeDefined();
      bots[bot]!.respond(invite, 486);
      await caller.expect(480);
    }
  });
});
