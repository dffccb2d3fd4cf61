import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import { freePort } from '../support/free-port';
import { header } from '../support/sip-peer-message';
import { Sipp } from '../support/sipp';
import type { SippMessage } from '../support/sipp-trace';
import { answerTo, distinct, received } from '../support/sipp-trace';

interface Traces {
  callId: string;
  atBot: SippMessage[];
  atCaller: SippMessage[];
}

describe.each(['udp', 'tcp'] as const)('a SIPp caller and a SIPp bot over %s', (transport) => {
  let engine: Engine;
  let botPort: number;
  const peers: Sipp[] = [];

  beforeAll(async () => {
    botPort = await freePort();
    const parameter = transport === 'tcp' ? ';transport=tcp' : '';
    engine = await Engine.start({
      bot: `sip:bot@127.0.0.1:${botPort}${parameter}`,
      trunk: { passHeaders: ['X-Customer'] },
    });
  });

  afterEach(async () => {
    await Promise.all(peers.splice(0).map((peer) => peer.close()));
  });

  afterAll(() => engine.stop());

  async function call(callerScenario: string, botScenario: string): Promise<Traces> {
    const bot = await Sipp.start({ scenario: botScenario, port: botPort, transport });
    peers.push(bot);
    const dials = { port: engine.sipPort, number: '1000' };
    const caller = await Sipp.start({ scenario: callerScenario, dials, transport });
    peers.push(caller);
    const [atCaller, atBot] = [await caller.succeeded(), await bot.succeeded()];
    return { callId: header(atBot.find(received('INVITE'))!, 'X-Call-ID')!, atBot, atCaller };
  }

  it('talk until the caller hangs up', async () => {
    const { callId, atBot } = await call('uac-caller-bye', 'uas-bot');
    expect(header(atBot.find(received('INVITE'))!, 'X-Customer')).toBe('from the caller');
    expect(distinct(atBot, received('BYE'))).toHaveLength(1);
    await expect(engine.recordOf(callId)).resolves.toMatchObject({
      end: { reasonCode: 'client-disconnected' },
      transfers: [],
    });
  });

  it('end while the bot rings when the caller gives up', async () => {
    const { callId, atBot, atCaller } = await call('uac-caller-cancel', 'uas-bot-cancelled');
    expect(distinct(atBot, received('CANCEL'))).toHaveLength(1);
    expect(distinct(atCaller, answerTo('INVITE', 487))).toHaveLength(1);
    await expect(engine.recordOf(callId)).resolves.toMatchObject({ end: { reasonCode: 'caller-cancelled' } });
  });

  it('exchange a digit, refresh the session and go on hold: the refresh stays between caller and engine', async () => {
    const { callId, atBot, atCaller } = await call('uac-caller-reinvite-info', 'uas-bot');
    const digits = distinct(atBot, received('INFO'));
    expect(digits.map(({ body }) => body.trim())).toEqual(['Signal=7\r\nDuration=160']);
    expect(header(digits[0]!, 'Content-Type')).toBe('application/dtmf-relay');

    const [, hold, ...more] = distinct(atBot, received('INVITE'));
    expect(more).toEqual([]);
    expect(hold?.body).toContain('a=sendonly');
    expect(hold?.body).toMatch(/^o=- \d+ 2 IN IP4 127\.0\.0\.1\r$/m);

    const [first, refreshed, held] = distinct(atCaller, answerTo('INVITE', 200));
    expect(refreshed?.body).toBe(first?.body);
    expect(held?.body).toContain('a=recvonly');
    expect(held?.body).toMatch(/^o=- \d+ 2 IN IP4 127\.0\.0\.1\r$/m);
    await expect(engine.recordOf(callId)).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
  });
});
