import { expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import { header, sdp, SipPeer } from '../support/sip-peer';
import { Sipp } from '../support/sipp';

it('a SIPp caller that requires reliable responses hears early media and talks, with a bot that knows nothing of them', async () => {
  const bot = await SipPeer.open();
  const engine = await Engine.start({ bot: bot.uri('bot') });
  const caller = await Sipp.start({
    scenario: 'uac-caller-100rel',
    dials: { port: engine.sipPort, number: '1000' },
    transport: 'udp',
  });
  try {
    const invite = await bot.expect('INVITE');
    expect(header(invite, 'Require')).toBeUndefined();
    bot.respond(invite, 183, { tag: 'early', body: sdp(1, 31000) });
    bot.accept(invite, { tag: 'early', body: sdp(1, 31000) });
    bot.respond(await bot.expect('BYE'), 200);
    await caller.succeeded();
    await expect(engine.recordOf(header(invite, 'X-Call-ID') ?? '')).resolves.toMatchObject({
      end: { reasonCode: 'client-disconnected' },
    });
  } finally {
    await caller.close();
    await engine.stop();
    await bot.close();
  }
});
