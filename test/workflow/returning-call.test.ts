import { afterAll, describe, expect, it } from '@jest/globals';
import { Context } from '@temporalio/activity';
import type { CallView } from '../../contracts/call';
import type { ReturnedCall } from '../../contracts/messages';
import {
  bridgeReturnedUpdate,
  dialogEndedSignal,
  returnedGoneSignal,
  sendActivitiesUpdate,
} from '../../contracts/messages';
import type { CallUnderTest } from '../support/call-harness';
import { closeHarness, isConversing, withCall } from '../support/call-harness';
import { hostlessInput as input, NUMBER, referred } from '../support/returned-call';

afterAll(closeHarness);

const hasOutcome = ({ transfers }: CallView): boolean => transfers.at(-1)?.outcome !== undefined;

const bridged = ({ handle }: CallUnderTest, returned: ReturnedCall) =>
  handle.executeUpdate(bridgeReturnedUpdate, { args: [returned], updateId: returned.inviteId });

const byeOf = (kind: 'returned' | 'target') => ({
  leg: { kind, attempt: 1 },
  request: { method: 'BYE', remoteTag: 'b', cseq: 9 },
});

/** Rings until it is cancelled. */
const ringing = () => {
  const beat = setInterval(() => Context.current().heartbeat(), 100);
  return Context.current().cancelled.finally(() => clearInterval(beat));
};

describe('a call that came back', () => {
  it('is joined with the target and outlives the caller’s own leg until one of them hangs up', async () => {
    await withCall(
      {},
      async (call) => {
        const answer = await bridged(call, await referred(call));
        expect(answer).toEqual({ sipStatus: 200, sdp: 'v=0 to returned' });
        expect(call.effects.find(({ name }) => name === 'bridgeReturned')?.input).toMatchObject({
          to: `sip:${NUMBER}@proxy`,
          headers: [{ name: 'Max-Forwards', value: '69' }],
          callerLeg: { name: { kind: 'returned', attempt: 1 }, transactionId: 'back', offer: 'v=0 back' },
        });
        await call.notify(200);
        await call.until(({ phase }) => phase === 'connected');
        await call.byeFrom('caller');
        await call.until(({ timeline }) => timeline.some(({ detail }) => detail?.startsWith('caller') === true));
        await call.handle.signal(dialogEndedSignal, byeOf('target'));
        await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'transferred', by: 'target' } });
        expect(call.effects.filter(({ name }) => name === 'endLeg').map(({ input: leg }) => leg)).toEqual(
          expect.arrayContaining([expect.objectContaining({ dialogId: 'returned@peer;from-tag=t' })])
        );
      },
      input()
    );
  });

  it('is kept together with the target in the next run of a long call', async () => {
    await withCall(
      {},
      async (call) => {
        await bridged(call, await referred(call));
        await call.notify(200);
        await call.until(({ phase }) => phase === 'connected');
        while ((await call.histories()).length === 1)
          await call.handle.executeUpdate(sendActivitiesUpdate, { args: [{ type: 'event', name: 'config' }] });
        await call.handle.signal(dialogEndedSignal, byeOf('target'));
        await expect(call.result()).resolves.toMatchObject({
          end: { reasonCode: 'transferred', by: 'target' },
          legs: expect.arrayContaining([
            expect.objectContaining({ kind: 'target', endedBy: 'peer' }),
            expect.objectContaining({ kind: 'returned', endedBy: 'us', reason: 'the other side hung up' }),
          ]),
        });
      },
      input({ historyEventsPerRun: 100 })
    );
  });

  it('is refused with another secret, number, trunk or attempt, and for the second time', async () => {
    await withCall(
      {},
      async (call) => {
        const returned = await referred(call);
        const { token } = returned;
        const wrong: Partial<ReturnedCall>[] = [
          { token: { ...token, secret: token.secret.replace(/^./, (first) => (first === '0' ? '1' : '0')) } },
          { token: { ...token, attempt: 2 } },
          { uri: 'sip:+4930124@us' },
          { trunks: ['other'] },
        ];
        for (const [i, over] of wrong.entries())
          await expect(bridged(call, { ...returned, ...over, inviteId: `wrong-${i}` })).rejects.toThrow();
        await expect(bridged(call, { ...returned, maxForwards: 0, inviteId: 'looping' })).resolves.toEqual({
          sipStatus: 483,
        });
        await expect(bridged(call, returned)).resolves.toMatchObject({ sipStatus: 200 });
        await expect(bridged(call, { ...returned, inviteId: 'second' })).rejects.toThrow();
        expect(call.count('bridgeReturned')).toBe(1);
        await call.handle.signal(dialogEndedSignal, byeOf('returned'));
        await call.until(() => call.count('endLeg') === 1);
        await call.notify(200);
        await call.result();
      },
      input()
    );
  });

  it('passes the target’s refusal on, and the report gives the bot the caller back', async () => {
    const bridgeReturned = () => Promise.resolve({ kind: 'refused' as const, sipStatus: 486, reasonPhrase: 'Busy' });
    await withCall(
      { bridgeReturned },
      async (call) => {
        await expect(bridged(call, await referred(call))).resolves.toEqual({ sipStatus: 486 });
        await call.notify(486);
        const { phase } = await call.until(hasOutcome);
        expect(phase).toBe('conversing');
        await call.byeFrom('bot');
        await call.result();
      },
      input()
    );
  });

  it('cancels the target when it is given up', async () => {
    await withCall(
      { bridgeReturned: ringing },
      async (call) => {
        const returned = await referred(call);
        const answer = bridged(call, returned);
        await call.until(() => call.count('bridgeReturned') === 1);
        await call.handle.signal(returnedGoneSignal, { inviteId: 'of another' });
        await call.handle.signal(returnedGoneSignal, { inviteId: returned.inviteId });
        await expect(answer).resolves.toEqual({ sipStatus: 487 });
        await call.until(() => call.count('cancelInvite') === 1);
        await call.byeFrom('caller');
        await call.result();
      },
      input()
    );
  });

  it('goes on ringing when the caller’s own leg ends, and its answer is the outcome', async () => {
    let pickUp: () => void = () => undefined;
    const answers = new Promise<void>((resolve) => (pickUp = resolve));
    await withCall(
      {
        bridgeReturned: async ({ leg: name, callerLeg }) => {
          const beat = setInterval(() => Context.current().heartbeat(), 100);
          await answers.finally(() => clearInterval(beat));
          const record = { dialogId: 'd', localTag: 'l', remoteTag: 'r', localSdp: 'v=0', remoteSdp: 'v=0' };
          return {
            kind: 'answered',
            bot: { ...record, name },
            caller: { ...record, name: callerLeg.name },
            awaitsAnswer: false,
          };
        },
      },
      async (call) => {
        const answer = bridged(call, await referred(call));
        await call.until(() => call.count('bridgeReturned') === 1);
        await call.byeFrom('caller');
        await call.until(({ timeline }) => timeline.some(({ event }) => event === 'LegEnded'));
        pickUp();
        await expect(answer).resolves.toMatchObject({ sipStatus: 200 });
        const { transfers } = await call.until(({ phase }) => phase === 'connected');
        expect(transfers[0]?.outcome).toMatchObject({ status: 'answered', evidence: 'response' });
        await call.handle.signal(dialogEndedSignal, byeOf('returned'));
        await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'transferred', by: 'caller' } });
      },
      input()
    );
  });

  it('is not called by INVITE where the trunk has no host', async () => {
    await withCall(
      {},
      async (call) => {
        await call.until(isConversing);
        await call.transfer({ transferTarget: NUMBER, transferMethod: 'invite' });
        const { transfers } = await call.until(hasOutcome);
        expect(transfers[0]?.outcome).toMatchObject({ status: 'failed', evidence: 'local' });
        expect(call.count('inviteTarget')).toBe(0);
        await call.byeFrom('bot');
        await call.result();
      },
      input()
    );
  });
});
