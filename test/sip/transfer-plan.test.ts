import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually';
import type { InviteEngine } from '../support/invite-engine';
import { callForEachTest } from '../support/invite-engine';
import type { PhoneCall } from '../support/joined-call';
import type { ReceivedMessage } from '../support/sip-peer';
import { header, SipPeer } from '../support/sip-peer';
import { notify } from '../support/transfer-call';

const RING_MS = 5_000;

let on: InviteEngine;
let call: PhoneCall;
let busy: SipPeer;
let silent: SipPeer;
callForEachTest((engine, open) => {
  on = engine;
  call = open;
});

beforeEach(async () => {
  [busy, silent] = [await SipPeer.open(), await SipPeer.open()];
});

afterEach(() => Promise.all([busy.close(), silent.close()]));

/** One target that is busy, one that rings for 5 s at most, and the call's own. */
function plan(transferMethod: 'invite' | 'refer'): Record<string, unknown> {
  return {
    transferTarget: undefined,
    transferTargets: [
      busy.uri('busy'),
      { transferTarget: silent.uri('silent'), transferTimeoutMS: RING_MS },
      call.target.peer.uri('agent'),
    ],
    transferMethod,
    transferNotificationsHangupMS: 0,
  };
}

function reportsOf(callId: string): unknown[] {
  const bodies = on.webhook.bodies.filter(({ conversation }) => conversation === callId);
  return bodies.flatMap(({ activities }) => activities.filter(({ name }) => name === 'transferStatus'));
}

describe('a transfer to several targets', () => {
  it('calls each once by INVITE until one answers, and tells the bot once', async () => {
    const { callId, target, caller, callerDialog, byeAtBot } = call;
    await call.transfer(plan('invite'));
    busy.respond(await busy.expect('INVITE'), 486);
    await busy.expect('ACK');
    const ringing = await silent.expect('INVITE');
    silent.respond(ringing, 180);
    silent.respond(await silent.expect('CANCEL'), 200);
    expect(target.peer.count('INVITE')).toBe(0);
    silent.respond(ringing, 487);
    target.pickUp(await target.peer.expect('INVITE'));
    await on.webhook.expect(callId, 'transferStatus');
    await byeAtBot();
    expect(caller.hears).toMatchObject({ port: 41000, direction: 'sendrecv' });
    callerDialog.request('BYE');
    target.peer.respond(await target.peer.expect('BYE'), 200);

    const { transfers, legs } = await on.engine.recordOf(callId);
    expect(transfers).toMatchObject([
      { target: busy.uri('busy'), outcome: { status: 'failed', reasonCode: 'busy', evidence: 'response' } },
      { target: silent.uri('silent'), outcome: { status: 'failed', reasonCode: 'no-answer', evidence: 'timer' } },
      { target: target.peer.uri('agent'), outcome: { status: 'answered', evidence: 'response' } },
    ]);
    expect(legs.map(({ kind, attempt }) => [kind, attempt])).toEqual([
      ['caller', 0],
      ['bot', 0],
      ['target', 3],
    ]);
    expect(legs.filter(({ endedAt }) => endedAt === undefined)).toEqual([]);
    expect(reportsOf(callId)).toMatchObject([{ value: { status: 'answered', target: target.peer.uri('agent') } }]);
    expect([busy, silent, target.peer].map((peer) => peer.count('INVITE'))).toEqual([1, 1, 1]);
    expect(caller.peer.count('REFER')).toBe(0);
    expect(await on.engine.openWorkflows()).toEqual([]);
    expect(call.faults()).toEqual([]);
  });

  it('names each in one REFER until one answers, whatever is still reported of those before', async () => {
    const { callId, target, callerDialog, byeAtBot } = call;
    const peer = call.caller.peer;
    const taken = async (): Promise<ReceivedMessage> => {
      const refer = await peer.expect('REFER');
      peer.respond(refer, 202, { headers: [['Contact', peer.contact]] });
      return refer;
    };
    const caller = { caller: peer, callerDialog };
    await call.transfer(plan('refer'));
    const refers = [await taken()];
    await notify(caller, 486, 'Busy Here', refers[0]);
    refers.push(await taken());
    await notify(caller, 180, 'Ringing', refers[1]);
    refers.push(await taken());
    expect((await notify(caller, 487, 'Request Terminated', refers[1])).status).toBe(200);
    await notify(caller, 200, 'OK', refers[2]);
    expect(await on.webhook.expect(callId, 'transferStatus')).toMatchObject({ value: { status: 'answered' } });
    callerDialog.request('BYE');
    await byeAtBot();

    const { transfers, legs, end } = await on.engine.recordOf(callId);
    expect(transfers.map(({ method, outcome }) => [method, outcome?.evidence, outcome?.sipStatus])).toEqual([
      ['refer', 'notify', 486],
      ['refer', 'timer', undefined],
      ['refer', 'notify', 200],
    ]);
    expect(end.reasonCode).toBe('transferred');
    expect(legs.filter(({ endedAt }) => endedAt === undefined)).toEqual([]);
    expect(refers.map((refer) => header(refer, 'Refer-To'))).toEqual(
      [busy.uri('busy'), silent.uri('silent'), target.peer.uri('agent')].map((uri) => `<${uri}>`)
    );
    expect(peer.count('REFER')).toBe(3);
    expect(reportsOf(callId)).toHaveLength(1);
    expect(await on.engine.openWorkflows()).toEqual([]);
  });

  it('has the caller for the next one also when the bot has been let go', async () => {
    const { callId, target, caller, byeAtBot, callerDialog } = call;
    const targets = [busy.uri('busy'), target.peer.uri('agent')];
    await call.transfer({ transferTarget: undefined, transferTargets: targets, transferNotifications: false });
    await byeAtBot();
    busy.respond(await busy.expect('INVITE'), 486);
    target.pickUp(await target.peer.expect('INVITE'));
    await target.peer.expect('ACK');
    await eventually(
      async () => (await on.engine.view(callId)).phase === 'connected',
      'the caller is joined with the second target'
    );
    expect(caller.hears.port).toBe(41000);
    callerDialog.request('BYE');
    target.peer.respond(await target.peer.expect('BYE'), 200);
    await expect(on.engine.recordOf(callId)).resolves.toMatchObject({
      end: { reasonCode: 'transferred', by: 'caller' },
      transfers: [{ outcome: { reasonCode: 'busy' } }, { outcome: { status: 'answered' } }],
    });
    expect(call.faults()).toEqual([]);
  });
});
