import { describe, expect, it } from '@jest/globals';
import { registerRequestedSignal, unregisterRequestedSignal } from '../../contracts/registration';
import type { TransferAttemptRecord } from '../../contracts/transfer';
import { eventually } from '../support/eventually';
import type { PhoneCall } from '../support/joined-call';
import { header } from '../support/sip-peer';
import { StrictPhone } from '../support/strict-phone';
import { ACCOUNTS, isRegistered, statusOf } from '../support/trunk-provider';
import type { TrunkStage } from '../support/trunk-stage';
import { AGENT, trunkStage } from '../support/trunk-stage';

/** For how long at most a worker believes what it heard of a trunk: here in the test before. */
const STATE_IS_KEPT_MS = 1_000;

let on: TrunkStage;
trunkStage((stage) => {
  on = stage;
});

describe('a transfer that picks its trunk (Kamailio)', () => {
  const transfer = async (call: PhoneCall, params: Record<string, unknown> = {}): Promise<void> => {
    const answer = await call.transfer({ transferTarget: `tel:${AGENT}`, transferNotificationsHangupMS: 0, ...params });
    expect(answer).toMatchObject({ status: 200 });
  };

  async function concluded({ callId }: PhoneCall, number = 1): Promise<TransferAttemptRecord[]> {
    const attempts = async (): Promise<TransferAttemptRecord[]> => (await on.engine.view(callId)).transfers;
    await eventually(async () => (await attempts())[number - 1]?.outcome !== undefined, 'the attempt has an outcome');
    return attempts();
  }

  it('goes by INVITE over the trunk of the channel, with its login and password', async () => {
    const { agent: agentPeer, engine, provider } = on;
    const call = await on.call();
    await statusOf(engine, 'second', isRegistered);
    await transfer(call, { transferChannel: 'second-trunk-bot', transferMethod: 'refer' });
    const invite = await agentPeer.expect('INVITE');
    expect(header(invite, 'From')).toMatch(/^<sip:2000@127\.0\.0\.1>;tag=/);
    expect(header(invite, 'Contact')).toContain('sip:2000@');
    await provider.until(/call by 2000 to 5000/);
    expect(provider.lines(/call by 2000 to 5000/)).toHaveLength(1);
    const agent = new StrictPhone(agentPeer, 51000);
    const agentDialog = agent.pickUp(invite);
    await call.byeAtBot();
    await eventually(() => call.caller.hears.port === 51000, 'the caller hears the agent');
    // The legs go over two trunks: what is passed on between them is answered for with the password of each.
    agentDialog.request('BYE');
    call.caller.peer.respond(await call.caller.peer.expect('BYE'), 200);
    const chosen = { trunk: 'second', trunkReason: 'transfer-channel', transferChannel: 'second-trunk-bot' };
    await expect(on.engine.recordOf(call.callId)).resolves.toMatchObject({
      trunk: 'first',
      transfers: [{ method: 'invite', ...chosen, outcome: { status: 'answered' } }],
    });
    await on.engine.worker.logs('over trunk second (transfer-channel second-trunk-bot)');
  });

  it('goes by REFER over the trunk of the call when the channel is that of the call, or unknown', async () => {
    const call = await on.call();
    for (const [n, [transferChannel, trunkReason]] of [
      ['first-bot', 'transfer-channel'],
      ['nobody', 'unknown-transfer-channel'],
    ].entries()) {
      await transfer(call, { transferChannel });
      call.caller.peer.respond(await call.caller.peer.expect('REFER'), 603);
      expect((await concluded(call, n + 1))[n]).toMatchObject({
        method: 'refer',
        trunk: 'first',
        trunkReason,
        transferChannel,
        outcome: { sipStatus: 603 },
      });
    }
    await on.engine.worker.logs('over trunk first (unknown-transfer-channel nobody)');
  });

  it('fails at once over a trunk that is down, the bot has the call, and the next of a plan is called', async () => {
    const { agent: agentPeer, bots, engine } = on;
    await on.signal('second', unregisterRequestedSignal);
    await statusOf(engine, 'second', ({ registration }) => registration === 'unregistered');
    await on.replaceProvider({ accounts: { ...ACCOUNTS, '2000': 'changed' } });
    const counts = (): number[] => [bots['1000'].count('BYE'), agentPeer.count('INVITE')];
    const before = counts();
    const call = await on.call();
    await statusOf(engine, 'second', ({ registration }) => registration === 'refused');
    await new Promise((resolve) => setTimeout(resolve, STATE_IS_KEPT_MS));
    await transfer(call, { transferChannel: 'second-trunk-bot', transferNotifications: false });
    expect(await concluded(call)).toMatchObject([
      {
        trunk: 'second',
        outcome: { status: 'failed', evidence: 'local', reason: expect.stringMatching(/^trunk second is down: .*401/) },
      },
    ]);
    expect((await on.engine.view(call.callId)).phase).toBe('conversing');
    expect(counts()).toEqual(before);

    await transfer(call, {
      transferTargets: [
        { transferTarget: `tel:${AGENT}`, transferChannel: 'second-trunk-bot' },
        { transferTarget: `tel:${AGENT}`, transferMethod: 'invite' },
      ],
    });
    const invite = await agentPeer.expect('INVITE');
    expect(header(invite, 'From')).toContain('sip:1000@');
    agentPeer.respond(invite, 486);
    expect(await concluded(call, 3)).toMatchObject([
      {},
      { trunk: 'second', outcome: { evidence: 'local' } },
      { method: 'invite', outcome: { reasonCode: 'busy' } },
    ]);
    await on.replaceProvider();
  });

  it('goes by REFER over a trunk that is down: it leaves in the dialog of the caller', async () => {
    const call = await on.call();
    await on.signal('first', unregisterRequestedSignal);
    await statusOf(on.engine, 'first', ({ state }) => state === 'down');
    await transfer(call);
    call.caller.peer.respond(await call.caller.peer.expect('REFER'), 603);
    expect(await concluded(call)).toMatchObject([{ method: 'refer', outcome: { sipStatus: 603 } }]);
    await on.signal('first', registerRequestedSignal);
  });
});
