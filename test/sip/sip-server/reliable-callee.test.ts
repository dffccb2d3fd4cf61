import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cseqOf, header, sdp, tagIn } from '../../support/sip-peer';
import type { ReceivedMessage, SipPeer } from '../../support/sip-peer';
import { World } from './fixture';
import type { App, SentBySrf } from './fixture';

let world: World;

beforeEach(async () => {
  world = await World.start({ timers: { t1: 40, t2: 80, t4: 50, c: 185_000 } });
});

afterEach(() => world.close());

const required: [string, string] = ['Require', '100rel'];

describe('a reliable provisional response of the callee', () => {
  const progress = (callee: SipPeer, invite: ReceivedMessage, rseq: number, tag: string, body?: string): void =>
    callee.respond(invite, 183, {
      tag,
      headers: [required, ['RSeq', String(rseq)], ['Contact', `<sip:${tag}@127.0.0.1:${callee.port}>`]],
      ...(body === undefined ? {} : { body }),
    });

  it('is acknowledged by drachtio-srf with PRACK in the early dialog; repeated and later ones are dropped', async () => {
    const seen: number[] = [];
    const app = await world.app();
    const callee = await world.peer();
    const calling = app.srf.createUAC(
      callee.uri('bob'),
      { localSdp: sdp(), headers: { Supported: '100rel' } },
      { cbProvisional: (res) => seen.push(Number(res.get('RSeq'))) }
    );
    const invite = await callee.expect('INVITE');
    for (const rseq of [5, 5, 7, 6]) progress(callee, invite, rseq, 'one', sdp(2));
    for (const rseq of [5, 6]) {
      const prackOf = await callee.expect('PRACK');
      expect([prackOf.uri, header(prackOf, 'RAck')]).toEqual([
        `sip:one@127.0.0.1:${callee.port}`,
        `${rseq} ${cseqOf(invite).number} INVITE`,
      ]);
      expect(cseqOf(prackOf).number).toBe(cseqOf(invite).number + rseq - 4);
      callee.respond(prackOf, 200);
    }
    callee.accept(invite, { body: sdp(2), tag: 'one' });
    const dialog = await calling;
    expect(cseqOf(await callee.expect('ACK')).number).toBe(cseqOf(invite).number);
    expect(seen).toEqual([5, 6]);
    const ended = dialog.destroy();
    const bye = await callee.expect('BYE');
    expect(cseqOf(bye).number).toBe(cseqOf(invite).number + 3);
    callee.respond(bye, 200);
    await ended;
  });

  it('makes an early dialog per branch, each with targets and numbers of its own', async () => {
    const app = await world.app();
    const callee = await world.peer();
    const uri = callee.uri('bob');
    const sent = await app.request({ uri, method: 'INVITE', body: sdp(), headers: { Supported: '100rel' } });
    const invite = await callee.expect('INVITE');
    const { number } = cseqOf(invite);
    for (const [rseq, tag] of [
      [5, 'one'],
      [9, 'two'],
    ] as const) {
      progress(callee, invite, rseq, tag);
      await sent.response(183);
    }
    await untilCount(sent.responses, 2);
    for (const ack of sent.acks) ack();
    for (const tag of ['one', 'two']) {
      const prackOf = await callee.expect('PRACK');
      expect([tagIn(header(prackOf, 'To')), cseqOf(prackOf).number]).toEqual([tag, number + 1]);
      expect(prackOf.uri).toContain(`sip:${tag}@`);
      callee.respond(prackOf, 200);
    }
    const call = callee.accept(invite, { body: sdp(2), tag: 'one' });
    await sent.response(200);
    sent.acks.at(-1)!();
    expect(tagIn(header(await callee.expect('ACK'), 'To'))).toBe('one');
    await app.request({ method: 'INFO', stackDialogId: sent.responses[0]!.stackDialogId });
    const info = await callee.expect('INFO');
    expect([tagIn(header(info, 'To')), cseqOf(info).number]).toEqual([call.localTag, number + 2]);
    callee.respond(info, 200);
  });

  it('lets the application send UPDATE once the offer is answered, and end the call by BYE', async () => {
    const app = await world.app();
    const callee = await world.peer();
    const uri = callee.uri('bob');
    const sent = await app.request({ uri, method: 'INVITE', body: sdp(), headers: { Require: '100rel' } });
    const invite = await callee.expect('INVITE');
    progress(callee, invite, 5, 'one', sdp(2));
    const { stackDialogId } = await sent.response(183);
    const tooEarly = await app.request({ method: 'UPDATE', stackDialogId, body: sdp(3) });
    expect((await tooEarly.response(491)).status).toBe(491);
    sent.acks[0]!();
    callee.respond(await callee.expect('PRACK'), 200);
    const { update, offer } = await acceptedOffer(app, stackDialogId, callee);
    expect(offer.body).toBe(sdp(3));
    callee.respond(offer, 200, { body: sdp(4), headers: [['Contact', callee.contact]] });
    expect((await update.response(200)).body).toBe(sdp(4));
    const ended = await app.request({ method: 'BYE', stackDialogId });
    callee.respond(await callee.expect('CANCEL'), 200);
    callee.respond(await callee.expect('BYE'), 200);
    callee.respond(invite, 487, { tag: 'one' });
    await ended.response(200);
    await sent.response(487);
  });
});

/** Sends an UPDATE as soon as the server lets it go. */
async function acceptedOffer(
  app: App,
  stackDialogId: string,
  callee: SipPeer
): Promise<{ update: SentBySrf; offer: ReceivedMessage }> {
  const arrives = callee.expect('UPDATE');
  for (;;) {
    const update = await app.request({ method: 'UPDATE', stackDialogId, body: sdp(3) });
    const offer = await Promise.race([arrives, update.response(491).then(() => undefined)]);
    if (offer) return { update, offer };
  }
}

async function untilCount(list: unknown[], count: number): Promise<void> {
  while (list.length < count) await new Promise((resolve) => setTimeout(resolve, 10));
}
