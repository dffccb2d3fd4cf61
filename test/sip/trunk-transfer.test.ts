import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TransferAttemptRecord } from '../../contracts/transfer';
import { eventually } from '../support/eventually';
import type { PhoneCall } from '../support/joined-call';
import { phoneCall } from '../support/joined-call';
import type { Kamailio } from '../support/kamailio';
import { header, SipPeer } from '../support/sip-peer';
import { StrictPhone } from '../support/strict-phone';
import type { ProviderCase } from '../support/trunk-provider';
import { ACCOUNTS, isRegistered, statusOf, twoLogins } from '../support/trunk-provider';

const AGENT = '5000';

describe('a transfer that picks its trunk (Kamailio)', () => {
  let bots: [SipPeer, SipPeer];
  let agentPeer: SipPeer;
  let provided: ProviderCase;
  let provider: Kamailio;
  let call: PhoneCall;

  beforeEach(async () => {
    bots = [await SipPeer.open(), await SipPeer.open()];
    agentPeer = await SipPeer.open();
    provided = await twoLogins({ bots: [bots[0].uri('bot'), bots[1].uri('bot')] });
  });

  afterEach(async () => {
    await call.close();
    await provided.engine.stop();
    await provider.stop();
    await Promise.all([...bots, agentPeer].map((peer) => peer.close()));
  });

  const callToFirst = async (accounts: Record<string, string> = ACCOUNTS): Promise<void> => {
    provider = await provided.start({ accounts, numbers: { [AGENT]: agentPeer.uri(AGENT) } });
    await statusOf(provided.engine, 'first', isRegistered);
    call = await phoneCall(provided.engine, bots[0], '1000', provided.port);
  };

  const transfer = async (params: Record<string, unknown> = {}): Promise<void> => {
    const answer = await call.transfer({ transferTarget: `tel:${AGENT}`, transferNotificationsHangupMS: 0, ...params });
    expect(answer).toMatchObject({ status: 200 });
  };

  async function concluded(number = 1): Promise<TransferAttemptRecord[]> {
    const attempts = async (): Promise<TransferAttemptRecord[]> => (await provided.engine.view(call.callId)).transfers;
    await eventually(async () => (await attempts())[number - 1]?.outcome !== undefined, 'the attempt has an outcome');
    return attempts();
  }

  it('goes by INVITE over the trunk of the channel, with its login and password', async () => {
    await callToFirst();
    await statusOf(provided.engine, 'second', isRegistered);
    await transfer({ transferChannel: 'second-trunk-bot', transferMethod: 'refer' });
    const invite = await agentPeer.expect('INVITE');
    expect(header(invite, 'From')).toMatch(/^<sip:2000@127\.0\.0\.1>;tag=/);
    expect(header(invite, 'Contact')).toContain('sip:2000@');
    expect(provider.lines(/call by 2000 to 5000/)).toHaveLength(1);
    const agent = new StrictPhone(agentPeer, 51000);
    const agentDialog = agent.pickUp(invite);
    await call.byeAtBot();
    await eventually(() => call.caller.hears.port === 51000, 'the caller hears the agent');
    // The legs go over two trunks: what is passed on between them is answered for with the password of each.
    agentDialog.request('BYE');
    call.caller.peer.respond(await call.caller.peer.expect('BYE'), 200);
    const chosen = { trunk: 'second', trunkReason: 'transfer-channel', transferChannel: 'second-trunk-bot' };
    await expect(provided.engine.recordOf(call.callId)).resolves.toMatchObject({
      trunk: 'first',
      transfers: [{ method: 'invite', ...chosen, outcome: { status: 'answered' } }],
    });
    expect(provided.engine.worker.log()).toContain('over trunk second (transfer-channel second-trunk-bot)');
  });

  it('goes by REFER over the trunk of the call when the channel is that of the call, or unknown', async () => {
    await callToFirst();
    for (const [n, [transferChannel, trunkReason]] of [
      ['first-bot', 'transfer-channel'],
      ['nobody', 'unknown-transfer-channel'],
    ].entries()) {
      await transfer({ transferChannel });
      call.caller.peer.respond(await call.caller.peer.expect('REFER'), 603);
      expect((await concluded(n + 1))[n]).toMatchObject({
        method: 'refer',
        trunk: 'first',
        trunkReason,
        transferChannel,
        outcome: { sipStatus: 603 },
      });
    }
    expect(provided.engine.worker.log()).toContain('over trunk first (unknown-transfer-channel nobody)');
  });

  it('fails at once over a trunk that is down, the bot has the call, and the next of a plan is called', async () => {
    await callToFirst({ ...ACCOUNTS, '2000': 'changed' });
    await statusOf(provided.engine, 'second', ({ registration }) => registration === 'refused');
    await transfer({ transferChannel: 'second-trunk-bot', transferNotifications: false });
    expect(await concluded()).toMatchObject([
      {
        trunk: 'second',
        outcome: { status: 'failed', evidence: 'local', reason: expect.stringMatching(/^trunk second is down: .*401/) },
      },
    ]);
    expect((await provided.engine.view(call.callId)).phase).toBe('conversing');
    expect([bots[0].count('BYE'), agentPeer.count('INVITE')]).toEqual([0, 0]);

    await transfer({
      transferTargets: [
        { transferTarget: `tel:${AGENT}`, transferChannel: 'second-trunk-bot' },
        { transferTarget: `tel:${AGENT}`, transferMethod: 'invite' },
      ],
    });
    const invite = await agentPeer.expect('INVITE');
    expect(header(invite, 'From')).toContain('sip:1000@');
    agentPeer.respond(invite, 486);
    expect(await concluded(3)).toMatchObject([
      {},
      { trunk: 'second', outcome: { evidence: 'local' } },
      { method: 'invite', outcome: { reasonCode: 'busy' } },
    ]);
  });

  it('goes by REFER over a trunk that is down: it leaves in the dialog of the caller', async () => {
    await callToFirst();
    const client = await provided.engine.client();
    await client.workflow.getHandle(`registration-first@${provided.engine.node}`).signal('unregisterRequested');
    await statusOf(provided.engine, 'first', ({ state }) => state === 'down');
    await transfer();
    call.caller.peer.respond(await call.caller.peer.expect('REFER'), 603);
    expect(await concluded()).toMatchObject([{ method: 'refer', outcome: { sipStatus: 603 } }]);
  });
});
