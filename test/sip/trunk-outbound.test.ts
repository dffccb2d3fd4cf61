import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually';
import type { PhoneCall } from '../support/joined-call';
import { phoneCall } from '../support/joined-call';
import type { Kamailio } from '../support/kamailio';
import { header, SipPeer } from '../support/sip-peer';
import { StrictPhone } from '../support/strict-phone';
import { isOf } from '../support/transfer-call';
import type { ProviderCase } from '../support/trunk-provider';
import { isRegistered, statusOf, twoLogins } from '../support/trunk-provider';

const AGENT = '5000';

describe('calls out to a provider that asks for a password (Kamailio)', () => {
  let bots: [SipPeer, SipPeer];
  let agentPeer: SipPeer;
  let provided: ProviderCase;
  let provider: Kamailio;
  let call: PhoneCall;

  beforeEach(async () => {
    bots = [await SipPeer.open(), await SipPeer.open()];
    agentPeer = await SipPeer.open();
  });

  afterEach(async () => {
    await call.close();
    await provided.engine.stop();
    await provider.stop();
    await Promise.all([...bots, agentPeer].map((peer) => peer.close()));
  });

  const callFrom = async (trunk: Record<string, unknown> = {}): Promise<PhoneCall> => {
    provided = await twoLogins({ bots: [bots[0].uri('bot'), bots[1].uri('bot')], trunk });
    provider = await provided.start({ numbers: { [AGENT]: agentPeer.uri(AGENT) } });
    await statusOf(provided.engine, 'first', isRegistered);
    call = await phoneCall(provided.engine, bots[0], '1000', provided.port);
    return call;
  };

  const invited = (params: Record<string, unknown> = {}): Promise<{ status: number }> =>
    call.transfer({
      transferTarget: `tel:${AGENT}`,
      transferMethod: 'invite',
      transferNotificationsHangupMS: 0,
      ...params,
    });

  it('carry its login in From, and answer its challenges in the INVITE, in re-INVITEs and in BYE', async () => {
    const { caller, callerDialog, callId } = await callFrom();
    expect(await invited()).toMatchObject({ status: 200 });
    const invite = await agentPeer.expect('INVITE');
    const { sipPort } = provided.engine;
    expect(header(invite, 'From')).toMatch(/^<sip:1000@127\.0\.0\.1>;tag=/);
    expect(header(invite, 'P-Asserted-Identity')).toBe('<sip:caller@127.0.0.1>');
    expect(header(invite, 'Contact')).toBe(`<sip:1000@127.0.0.1:${sipPort};trunk=first>`);
    expect(provider.lines(/call by 1000 to 5000/)).toHaveLength(1);
    const agent = new StrictPhone(agentPeer, 51000);
    agent.pickUp(invite);
    await call.byeAtBot();
    await eventually(() => caller.hears.port === 51000, 'the caller hears the agent');
    expect(caller.hears.direction).toBe('sendrecv');
    callerDialog.request('BYE');
    agentPeer.respond(await agentPeer.expect('BYE'), 200);
    await expect(provided.engine.recordOf(callId)).resolves.toMatchObject({
      transfers: [{ method: 'invite', trunk: 'first', trunkReason: 'arrival', outcome: { status: 'answered' } }],
    });
    expect([...call.faults(), ...agent.faults]).toEqual([]);
  });

  it('answer its challenges to what is passed on, from the bot and from the target', async () => {
    const { bot, botDialog, caller, callerDialog } = await callFrom();
    botDialog.request('INVITE', { body: bot.describeAnew('sendonly') });
    await bot.peer.expect((message) => message.status === 200 && isOf(message, 'INVITE'));
    expect(caller.hears.direction).toBe('sendonly');
    botDialog.ack();
    botDialog.request('INFO', { body: 'Signal=5', contentType: 'application/dtmf-relay' });
    caller.peer.respond(await caller.peer.expect('INFO'), 200);
    await bot.peer.expect((message) => message.status === 200 && isOf(message, 'INFO'));
    await invited();
    const agent = new StrictPhone(agentPeer, 51000);
    agent.pickUp(await agentPeer.expect('INVITE'));
    await call.byeAtBot();
    await eventually(() => caller.hears.port === 51000, 'the caller hears the agent');
    callerDialog.request('INFO', { body: 'Signal=6', contentType: 'application/dtmf-relay' });
    agentPeer.respond(await agentPeer.expect('INFO'), 200);
    await caller.peer.expect((message) => message.status === 200 && isOf(message, 'INFO'));
  });

  it('end the caller’s leg in spite of a challenge', async () => {
    const { callId, caller } = await callFrom();
    await provided.engine.post(callId, { type: 'event', name: 'hangup' });
    caller.peer.respond(await caller.peer.expect('BYE'), 200);
    await call.byeAtBot();
    expect(await provided.engine.recordOf(callId)).toMatchObject({ end: { reasonCode: 'bot-disconnected' } });
  });

  it('show the caller in From where the trunk wants it, and tell the bot of a password that does not fit', async () => {
    // The provider knows accounts by From, so this caller has none.
    const { callId } = await callFrom({ callerId: 'caller' });
    await invited();
    const outcome = async (): Promise<object | undefined> => (await provided.engine.view(callId)).transfers[0]?.outcome;
    await eventually(async () => (await outcome()) !== undefined, 'the transfer has an outcome');
    expect(await outcome()).toMatchObject({ status: 'failed', sipStatus: 407, evidence: 'response' });
    expect(agentPeer.count('INVITE')).toBe(0);
  });
});
