import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RawSip } from '../../support/raw-sip';
import { World } from './fixture';
import type { SrfRequest, SrfResponse } from './srf';
import { StandingCall } from './standing-call';
import { sdp } from '../../support/sip-peer';
import { invalid } from './torture/invalid';
import { layers } from './torture/layers';
import { valid } from './torture/valid';
import type { Outcome, Vector } from './torture/vector';

let world: World;
let call: StandingCall;

async function start(): Promise<void> {
  world = await World.start({ messageTimeoutMs: 200 });
  await world.app((srf) => {
    srf.invite(async (req, res) => {
      if (!req.get('To').includes('standing')) {
        res.send(finalStatus(req));
        return;
      }
      const dialog = await srf.createUAS(req, res, { localSdp: sdp(7) });
      dialog.on('modify', (_req: SrfRequest, answer: SrfResponse) => answer.send(200, { body: sdp(8) }));
    });
    srf.message((_req, res) => res.send(200));
    srf.register((_req, res) => res.send(200));
  });
  call = await StandingCall.set(world);
}

/** What an application makes of bodies that it does not know, and of peers that take none of its own. */
function finalStatus(req: SrfRequest): number {
  const [accept, type] = ['Accept', 'Content-Type'].map((name) => req.get(name) as string | undefined);
  if (accept?.startsWith('text/')) return 406;
  return type?.includes('unknown') ? 415 : 486;
}

async function outcomeOf({ bytes }: Vector, protocol: 'udp' | 'tcp', expected: Outcome): Promise<Outcome> {
  const raw = await RawSip.open(protocol, world[protocol].port);
  try {
    raw.send(bytes);
    const status = expected.status === undefined ? undefined : await raw.answer();
    if (expected.closes === true) await raw.end();
    else await raw.probe();
    const [first = status] = raw.statuses;
    return { ...(first !== undefined && { status: first }), ...(expected.closes && { closes: true }) };
  } finally {
    raw.close();
  }
}

describe.each(['udp', 'tcp'] as const)('RFC 4475 over %s', (protocol) => {
  // A transaction that came over one transport would answer there for half a minute.
  beforeAll(start);
  afterAll(() => world.close());

  it.each([...valid, ...invalid, ...layers])('$section $name', async (torture) => {
    expect(await outcomeOf(torture, protocol, torture[protocol])).toEqual(torture[protocol]);
    expect(await call.reinvite()).toBe(200);
  });
});

describe('details of RFC 4475', () => {
  beforeAll(start);
  afterAll(() => world.close());

  const named = (name: string): Vector => [...valid, ...invalid, ...layers].find((one) => one.name === name)!;

  async function answerTo(name: string): Promise<string> {
    const raw = await RawSip.open('udp', world.udp.port);
    raw.send(named(name).bytes);
    await raw.answer();
    raw.close();
    return raw.received;
  }

  it('3.1.1.8 dblreq: the second request of the datagram does not exist', async () => {
    expect(await answerTo('dblreq')).not.toContain('dblreq2');
  });

  it('3.1.1.10 transports: every Via comes back', async () => {
    expect((await answerTo('transports')).match(/^Via:/gm)).toHaveLength(5);
  });

  it('3.3.5 bext01: the answer lists what Require asked for', async () => {
    expect(await answerTo('bext01')).toContain('Unsupported: nothingSupportsThis, nothingSupportsThisEither');
  });
});
