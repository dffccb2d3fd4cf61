import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import { freePort } from '../support/free-port';
import { sdp, SipPeer } from '../support/sip-peer';
import { metricOf } from '../support/worker-metrics';

describe('calls that no bot gets', () => {
  let engine: Engine;
  let caller: SipPeer;
  let metrics: string;

  beforeAll(async () => {
    metrics = `127.0.0.1:${await freePort()}`;
    caller = await SipPeer.open();
    const of = (id: string, login: string, more: object): Record<string, unknown> => ({ id, login, ...more });
    const sources = ['127.0.0.1'];
    engine = await Engine.start({
      bot: 'sip:bot@127.0.0.1:9',
      more: {
        trunks: [
          of('botless', '2000', { sources }),
          of('closed', '3000', { sources, incoming: false }),
          of('elsewhere', '4000', { sources: ['192.0.2.1'] }),
        ],
        channels: [{ botId: 'closed-bot', trunk: 'closed', leg: 'sip:bot@127.0.0.1:9' }],
      },
      env: { DURABLE_CALLS_METRICS: metrics },
    });
  });

  afterAll(async () => {
    await engine.stop();
    await caller.close();
  });

  it.each([
    ['2000', 480, 'No bot at this trunk', 'botless'],
    ['3000', 403, 'Trunk takes no calls', 'closed'],
    ['4000', 404, 'No bot at this number', 'none'],
    ['5000', 404, 'No bot at this number', 'none'],
  ])('to %s get %i, a line in the log and a count', async (login, status, reason, trunk) => {
    const counted = await countOf(status, trunk);
    caller.dial({ port: engine.sipPort }, { to: `sip:${login}@127.0.0.1:${engine.sipPort}`, body: sdp() });
    const answer = await caller.expect(({ status: code = 0 }) => code >= 200);
    expect(answer).toMatchObject({ status, reason });
    await engine.worker.logs(`${reason}: sip:${login}@`);
    expect(await countOf(status, trunk)).toBe(counted + 1);
  });

  const countOf = (status: number, trunk: string): Promise<number> =>
    metricOf(metrics, 'durable_calls_refused', { status: String(status), trunk });
});
