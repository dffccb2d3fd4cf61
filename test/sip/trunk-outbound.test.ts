import { describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually';
import type { PhoneCall } from '../support/joined-call';
import { header } from '../support/sip-peer';
import { StrictPhone } from '../support/strict-phone';
import { isOf } from '../support/transfer-call';
import type { TrunkStage } from '../support/trunk-stage';
import { AGENT, trunkStage } from '../support/trunk-stage';

let on: TrunkStage;
trunkStage(
  (stage) => {
    on = stage;
  },
  { second: { callerId: 'caller' } }
);

const invited = ({ transfer }: PhoneCall): Promise<{ status: number }> =>
  transfer({ transferTarget: `tel:${AGENT}`, transferMethod: 'invite', transferNotificationsHangupMS: 0 });

describe('calls out to a provider that asks for a password (Kamailio)', () => {
  it('carry its login in From, and answer its challenges in the INVITE, in re-INVITEs and in BYE', async () => {
    const { agent: agentPeer, provider, engine } = on;
    const call = await on.call();
    const { caller, callerDialog, callId } = call;
    expect(await invited(call)).toMatchObject({ status: 200 });
    const invite = await agentPeer.expect('INVITE');
    expect(header(invite, 'From')).toMatch(/^<sip:1000@127\.0\.0\.1>;tag=/);
    expect(header(invite, 'P-Asserted-Identity')).toBe('<sip:caller@127.0.0.1>');
    expect(header(invite, 'Contact')).toBe(`<sip:1000@127.0.0.1:${engine.sipPort};trunk=first>`);
    await provider.until(/call by 1000 to 5000/);
    expect(provider.lines(/call by 1000 to 5000/)).toHaveLength(1);
    const agent = new StrictPhone(agentPeer, 51000);
    agent.pickUp(invite);
    await call.byeAtBot();
    await eventually(() => caller.hears.port === 51000, 'the caller hears the agent');
    expect(caller.hears.direction).toBe('sendrecv');
    callerDialog.request('BYE');
    agentPeer.respond(await agentPeer.expect('BYE'), 200);
    await expect(engine.recordOf(callId)).resolves.toMatchObject({
      transfers: [{ method: 'invite', trunk: 'first', trunkReason: 'arrival', outcome: { status: 'answered' } }],
    });
    expect([...call.faults(), ...agent.faults]).toEqual([]);
  });

  it('answer its challenges to what is passed on, from the bot and from the target', async () => {
    const { agent: agentPeer } = on;
    const call = await on.call();
    const { bot, botDialog, caller, callerDialog } = call;
    botDialog.request('INVITE', { body: bot.describeAnew('sendonly') });
    await bot.peer.expect((message) => message.status === 200 && isOf(message, 'INVITE'));
    expect(caller.hears.direction).toBe('sendonly');
    botDialog.ack();
    botDialog.request('INFO', { body: 'Signal=5', contentType: 'application/dtmf-relay' });
    caller.peer.respond(await caller.peer.expect('INFO'), 200);
    await bot.peer.expect((message) => message.status === 200 && isOf(message, 'INFO'));
    await invited(call);
    const agent = new StrictPhone(agentPeer, 51000);
    agent.pickUp(await agentPeer.expect('INVITE'));
    await call.byeAtBot();
    await eventually(() => caller.hears.port === 51000, 'the caller hears the agent');
    callerDialog.request('INFO', { body: 'Signal=6', contentType: 'application/dtmf-relay' });
    agentPeer.respond(await agentPeer.expect('INFO'), 200);
    await caller.peer.expect((message) => message.status === 200 && isOf(message, 'INFO'));
  });

  it('end the caller’s leg in spite of a challenge', async () => {
    const { engine } = on;
    const { callId, caller, byeAtBot } = await on.call();
    await engine.post(callId, { type: 'event', name: 'hangup' });
    caller.peer.respond(await caller.peer.expect('BYE'), 200);
    await byeAtBot();
    expect(await engine.recordOf(callId)).toMatchObject({ end: { reasonCode: 'bot-disconnected' } });
  });

  it('show the caller in From where the trunk wants it, and tell the bot of a password that does not fit', async () => {
    // The provider knows accounts by From, so this caller has none.
    const { agent, engine } = on;
    const before = agent.count('INVITE');
    const call = await on.call('2000');
    await invited(call);
    const outcome = async (): Promise<object | undefined> => (await engine.view(call.callId)).transfers[0]?.outcome;
    await eventually(async () => (await outcome()) !== undefined, 'the transfer has an outcome');
    expect(await outcome()).toMatchObject({ status: 'failed', sipStatus: 407, evidence: 'response' });
    expect(agent.count('INVITE')).toBe(before);
  });
});
