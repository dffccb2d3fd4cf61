import { afterAll, describe, expect, it } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { readActivities } from '../../activities/bot/read-activities';
import type { InviteTargetInput } from '../../contracts/activities-sip';
import type { TrunkOfCall } from '../../contracts/call';
import type { CallUnderTest } from '../support/call-harness';
import { closeHarness, isConversing, withCall } from '../support/call-harness';

afterAll(closeHarness);

const OTHER: TrunkOfCall = {
  id: 'other',
  host: 'other.example.com',
  outbound: { login: '2000', hosts: ['other.example.com', 'backup.example.com'], callerId: 'login', failoverMs: 5_000 },
  isWatched: true,
  allowTargets: ['@other.example.com'],
  ringTimeoutMs: 7_000,
  maxCallMs: 3_600_000,
};
const reading = {
  readActivities: (...[payload, context]: Parameters<typeof readActivities>) =>
    Promise.resolve(readActivities(payload, context, (botId) => (botId === 'other-bot' ? OTHER : undefined))),
};
const ringing = () => {
  const beat = setInterval(() => Context.current().heartbeat(), 100);
  return Context.current().cancelled.finally(() => clearInterval(beat));
};
const overOther = { transferTarget: '+4930123', transferChannel: 'other-bot' };

const invitesOf = ({ effects }: CallUnderTest): InviteTargetInput[] =>
  effects.filter(({ name }) => name === 'inviteTarget').map(({ input }) => input as InviteTargetInput);

describe('a transfer that names a channel', () => {
  it('goes over the trunk of that channel, with its timers', async () => {
    const startedAt = Date.now();
    await withCall(reading, async (call) => {
      await call.until(isConversing);
      await call.transfer({ ...overOther, transferNotificationsHangupMS: 0 });
      await call.until(({ phase }) => phase === 'connected');
      await call.byeFrom('caller');
      expect((await call.result()).transfers).toMatchObject([
        { method: 'invite', trunk: 'other', trunkReason: 'transfer-channel', outcome: { status: 'answered' } },
      ]);
      const [invite] = invitesOf(call);
      expect(invite).toMatchObject({ trunk: 'other', to: 'sip:+4930123@other.example.com', over: OTHER.outbound });
      expect(invite!.untilMs).toBeLessThan(startedAt + 60_000);
    });
  });

  it('stays with the bot when the trunk of that channel is down', async () => {
    const checkTrunk = (trunk: string): Promise<{ isUsable: false; reason: string }> =>
      Promise.resolve({ isUsable: false, reason: `${trunk} is down` });
    await withCall({ ...reading, checkTrunk }, async (call) => {
      await call.until(isConversing);
      await call.transfer({ ...overOther, transferNotifications: false });
      await call.until(({ phase, transfers }) => phase === 'conversing' && transfers.length === 1);
      await call.byeFrom('caller');
      expect(await call.result()).toMatchObject({
        end: { reasonCode: 'client-disconnected' },
        transfers: [{ trunk: 'other', outcome: { status: 'failed', evidence: 'local', reason: 'other is down' } }],
      });
      expect(invitesOf(call)).toEqual([]);
    });
  });

  it('is cancelled at every host that it may have gone to', async () => {
    let cancelled: unknown[] = [];
    const cancelInvite = (...args: unknown[]): Promise<void> => {
      cancelled = args;
      return Promise.resolve();
    };
    await withCall({ ...reading, inviteTarget: ringing, cancelInvite }, async (call) => {
      await call.until(isConversing);
      await call.transfer(overOther);
      await call.until(({ phase }) => phase === 'transferring');
      await call.byeFrom('caller');
      await call.result();
      expect(cancelled).toEqual([expect.stringMatching(/invite-target/), 2]);
    });
  });
});
