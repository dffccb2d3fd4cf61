import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import { header, sdp, SipPeer } from '../support/sip-peer';

/** What callers and operators write must not become header fields of the messages that the engine sends. */

let engine: Engine;
let bot: SipPeer;
let caller: SipPeer;

beforeAll(async () => {
  [bot, caller] = [await SipPeer.open(), await SipPeer.open()];
  engine = await Engine.start({ bot: bot.uri('bot') });
});

afterAll(async () => {
  await engine.stop();
  await Promise.all([bot.close(), caller.close()]);
});

it('neither the dialled name and the caller, nor the reason of an operator, add a header field', async () => {
  const line = (name: string): string => `x%0d%0aX-Evil-${name}:%201`;
  caller.request(
    'INVITE',
    { port: engine.sipPort },
    {
      to: `sip:${line('Callee')}@127.0.0.1:${engine.sipPort}`,
      headers: [
        ['To', '<sip:1000@127.0.0.1>'],
        ['From', `<sip:${line('Caller')}@127.0.0.1>;tag=c1`],
      ],
      body: sdp(),
      contentType: 'application/sdp',
    }
  );
  const invite = await bot.expect('INVITE');
  expect(invite.headers.filter(([name]) => /evil/i.test(name))).toEqual([]);
  expect(header(invite, 'P-Called-Party-ID')).toMatch(/^<sip:x%0d%0aX-Evil-Callee@/);

  bot.accept(invite, { body: sdp() });
  await bot.expect('ACK');
  const client = await engine.client();
  const reason = 'enough\r\nX-Evil-Reason: 1\0\u0001"\\';
  const call = client.workflow.getHandle(`call-${header(invite, 'X-Call-ID')}`);
  await call.executeUpdate('endCall', { args: [{ reason }] });
  const bye = await bot.expect('BYE');
  bot.respond(bye, 200);
  expect(bye.headers.filter(([name]) => /evil/i.test(name))).toEqual([]);
  expect(header(bye, 'Reason')).toBe('SIP;cause=200;text="enough X-Evil-Reason: 1 \\"\\\\"');
});
