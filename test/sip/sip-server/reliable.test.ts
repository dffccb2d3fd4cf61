import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cseqOf, header, isAnswerTo, sdp, tagIn, uriIn } from '../../support/sip-peer';
import type { ReceivedMessage, SipPeer } from '../../support/sip-peer';
import type { PeerDialog } from '../../support/sip-peer-dialog';
import { deferred, World } from './fixture';
import type { SrfDialog, SrfRequest, SrfResponse } from './srf';

let world: World;

beforeEach(async () => {
  world = await World.start({ timers: { t1: 40, t2: 80, t4: 50, c: 185_000 } });
});

afterEach(() => world.close());

const supported: [string, string] = ['Supported', '100rel'];
const required: [string, string] = ['Require', '100rel'];
const reliable = { headers: { Require: '100rel' } };

/** Sends a response; resolves with what the server said to it. */
const send = (res: SrfResponse, status: number, options: object = {}): Promise<string | null> =>
  new Promise((resolve) => res.send(status, options, (error) => resolve(error ?? null)));

interface Ringing {
  caller: SipPeer;
  call: PeerDialog;
  req: SrfRequest;
  res: SrfResponse;
  /** PRACKs that the application saw. */
  pracks: SrfRequest[];
}

/** A call that the application holds; it answers PRACK by 200. */
async function ringing(headers: [string, string][], body = sdp()): Promise<Ringing> {
  const held = deferred<[SrfRequest, SrfResponse]>();
  const pracks: SrfRequest[] = [];
  await world.app((srf) => {
    srf.use((req, res, next) => {
      if (req.method !== 'PRACK') next();
      else {
        pracks.push(req);
        res.send(200);
      }
    });
    srf.invite((...both) => held.resolve(both));
  });
  const caller = await world.peer();
  const call = caller.dial(world.udp, { body, headers });
  const [req, res] = await held.promise;
  return { caller, call, req, res, pracks };
}

/** Acknowledges a reliable response. */
function prack(call: PeerDialog, response: ReceivedMessage, rack?: string): void {
  call.remoteTag = tagIn(header(response, 'To'));
  call.target = uriIn(header(response, 'Contact'));
  const { number } = cseqOf(response);
  call.request('PRACK', { headers: [['RAck', rack ?? `${header(response, 'RSeq')} ${number} INVITE`]] });
}

describe('a reliable provisional response of the application', () => {
  it('is repeated until its PRACK, which the application answers; the next one has the next RSeq', async () => {
    const { caller, call, res, pracks } = await ringing([supported]);
    await send(res, 183, { ...reliable, body: sdp(7) });
    const first = await caller.expect(183);
    expect(header(first, 'Require')).toBe('100rel');
    expect(header(first, 'RSeq')).toMatch(/^\d+$/);
    expect(header(first, 'Contact')).toContain(`127.0.0.1:${world.udp.port}`);
    await caller.expect(183, { repeats: true });
    prack(call, first);
    await caller.expect(isAnswerTo('PRACK', 200));
    await send(res, 180, reliable);
    const second = await caller.expect(180);
    expect(Number(header(second, 'RSeq'))).toBe(Number(header(first, 'RSeq')) + 1);
    prack(call, second);
    await caller.expect(isAnswerTo('PRACK', 200));
    expect(pracks.map(({ stackDialogId }) => stackDialogId)).toEqual([call.id, call.id]);
    prack(call, second);
    await caller.expect(isAnswerTo('PRACK', 481));
    expect(pracks).toHaveLength(2);
  });

  it('holds back the 2xx while it has a description and no PRACK, and a second one', async () => {
    const { caller, call, res } = await ringing([supported]);
    await send(res, 183, { ...reliable, body: sdp(7) });
    const first = await caller.expect(183);
    const second = send(res, 180, reliable);
    const answer = send(res, 200, { body: sdp(7) });
    await caller.expect(183, { repeats: true });
    expect([caller.count(180), caller.count(200)]).toEqual([0, 0]);
    prack(call, first);
    const ringingToo = await caller.expect(180);
    expect(await second).toBeNull();
    prack(call, ringingToo);
    const ok = await caller.expect(isAnswerTo('INVITE', 200));
    expect(await answer).toBeNull();
    expect(ok.body).toBe(sdp(7));
    call.confirm(ok).ack();
  });

  it('is refused when the caller takes none', async () => {
    const { caller, res } = await ringing([]);
    expect(await send(res, 183, reliable)).toMatch(/takes no reliable/);
    expect(caller.count(183)).toBe(0);
    expect(await send(res, 486)).toBeNull();
    await caller.expect(486);
  });

  it('ends the call by 503 when no PRACK comes, of which the application hears as of a CANCEL', async () => {
    const { caller, req, res } = await ringing([supported]);
    const cancelled = deferred();
    req.on('cancel', cancelled.resolve);
    await send(res, 183, { ...reliable, body: sdp(7) });
    await caller.expect(503);
    await cancelled.promise;
    expect(caller.count(503)).toBe(1);
  });

  it('lets the answer fail that waited for the PRACK in vain', async () => {
    const { caller, res } = await ringing([supported]);
    await send(res, 183, { ...reliable, body: sdp(7) });
    expect(await send(res, 200, { body: sdp(7) })).toMatch(/answered already|unknown transaction/);
    await caller.expect(503);
    expect(caller.count(200)).toBe(0);
  });

  it('makes a dialog in which the application may send UPDATE before it answers', async () => {
    const { caller, call, res } = await ringing([supported]);
    const app = await world.app();
    const update = { method: 'UPDATE', stackDialogId: call.id, body: sdp(8) };
    await send(res, 183, { ...reliable, body: sdp(7) });
    const early = await caller.expect(183);
    await expect(app.request(update)).rejects.toThrow(/not established/);
    prack(call, early);
    await caller.expect(isAnswerTo('PRACK', 200));
    const sent = await app.request(update);
    const offer = await caller.expect('UPDATE');
    expect([offer.body, tagIn(header(offer, 'From')), tagIn(header(offer, 'To'))]).toEqual([
      sdp(8),
      call.remoteTag,
      call.localTag,
    ]);
    caller.respond(offer, 200, { body: sdp(2), headers: [['Contact', caller.contact]] });
    expect((await sent.response(200)).body).toBe(sdp(2));
  });
});

describe('a caller that requires reliable responses', () => {
  it('gets them from an application that knows nothing of them', async () => {
    const { caller, call, res, pracks } = await ringing([required]);
    const ring = send(res, 180);
    const first = await caller.expect(180);
    expect([header(first, 'Require'), await ring]).toEqual(['100rel', null]);
    const progress = send(res, 183, { body: sdp(7) });
    prack(call, first, '1 1 INVITE');
    await caller.expect(isAnswerTo('PRACK', 481));
    expect(caller.count(183)).toBe(0);
    prack(call, first);
    await caller.expect(isAnswerTo('PRACK', 200));
    const second = await caller.expect(183);
    await progress;
    expect(second.body).toBe(sdp(7));
    prack(call, second);
    await caller.expect(isAnswerTo('PRACK', 200));
    const dialog = deferred<SrfDialog>();
    void send(res, 200, { body: sdp(7) }).then(() => dialog.resolve());
    call.confirm(await caller.expect(isAnswerTo('INVITE', 200))).ack();
    await dialog.promise;
    expect(pracks).toEqual([]);
  });

  it('gets no offer in them when it made none, since the application could not read the answer', async () => {
    const { caller, call, res } = await ringing([required], '');
    void send(res, 183, { body: sdp(7) });
    const early = await caller.expect(183);
    expect([early.body, header(early, 'Content-Type')]).toEqual(['', undefined]);
    prack(call, early);
    await caller.expect(isAnswerTo('PRACK', 200));
    void send(res, 200, { body: sdp(7) });
    expect((await caller.expect(isAnswerTo('INVITE', 200))).body).toBe(sdp(7));
  });
});
