import { afterAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { FAILURE } from '../../contracts/failures';
import type { CallView } from '../../contracts/call';
import * as messages from '../../contracts/messages';
import { callInput, closeHarness, isConversing, botEventNames, withCall } from '../support/call-harness';

const inTransfer = (view: { phase: string }): boolean => view.phase === 'transferring';

afterAll(closeHarness);

describe('bot activities', () => {
  it('are refused with the path of each fault, and the call goes on', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await expect(call.transfer({ transferTarget: 'javascript:alert(1)' })).rejects.toMatchObject({
        cause: { type: FAILURE.INVALID_ACTIVITY },
      });
      expect((await call.until(isConversing)).transfers).toEqual([]);
      await call.byeFrom('caller');
      await call.result();
    });
  });

  it('join a pending transfer to the same target and are refused for another one', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      const [first] = await call.transfer();
      await call.until(inTransfer);
      await expect(call.transfer()).resolves.toMatchObject([{ status: 'joined', attemptId: first?.attemptId }]);
      await expect(call.transfer({ transferTarget: 'sip:other@peer' })).rejects.toMatchObject({
        cause: { type: FAILURE.TRANSFER_IN_PROGRESS },
      });
      await call.notify(486);
      await call.until(isConversing);
      await call.byeFrom('caller');
      await call.result();
      expect(call.count('sendRefer')).toBe(1);
    });
  });

  it('have one effect per activity id', async () => {
    const hangup = { id: 'h1', type: 'Event', name: 'hangup', activityParams: { hangupReason: 'done' } };
    const transfer = {
      id: 't1',
      type: 'event',
      name: 'handover',
      activityParams: { transferTarget: 'sip:agent@peer', transferNotifications: true },
    };
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await call.handle.signal(messages.activitiesSentSignal, transfer);
      await call.until(inTransfer);
      await call.notify(486);
      await call.until(isConversing);
      await call.handle.signal(messages.activitiesSentSignal, transfer);
      await call.handle.signal(messages.activitiesSentSignal, hangup);
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'bot-disconnected', reason: 'done' } });
      expect(call.count('sendRefer')).toBe(1);
    });
  });

  it('that come as a malformed signal are noted and reach the bot as a failed transfer', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await call.handle.signal(messages.activitiesSentSignal, 'nonsense');
      const { timeline } = await call.until((view) => view.timeline.some(({ event }) => event === 'ActivitiesRefused'));
      expect(timeline.length).toBeGreaterThan(0);
      await call.byeFrom('caller');
      await call.result();
      expect(botEventNames(call)).toEqual(['start', 'transferStatus', 'conversationEnd']);
    });
  });
});

it('ignores a NOTIFY and a BYE that are delivered a second time', async () => {
  await withCall({}, async (call) => {
    await call.until(isConversing);
    await call.transfer();
    const request = { method: 'NOTIFY', remoteTag: 'theirs', cseq: 500 };
    await call.notify(486, { request });
    await call.until(isConversing);
    await call.transfer({ transferTarget: 'sip:second@peer' });
    await call.until(({ timeline }) => timeline.filter(({ event }) => event === 'ReferAnswered').length === 2);
    await call.notify(486, { request });
    expect((await call.until(inTransfer)).transfers.at(-1)?.outcome).toBeUndefined();
    await call.notify(486);
    await call.until(isConversing);
    await call.byeFrom('caller');
    await call.result();
  });
});

it('goes on without a bot that takes no events, and without a peer that takes no BYE', async () => {
  const postEvents = () => Promise.reject(ApplicationFailure.nonRetryable('gone', FAILURE.BOT_UNREACHABLE));
  const endLeg = () => Promise.reject(ApplicationFailure.nonRetryable('unreachable', FAILURE.NOT_SENT));
  await withCall({ postEvents, endLeg }, async (call) => {
    await call.until(isConversing);
    await call.byeFrom('caller');
    await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
  });
});

it('notes malformed signals sent by hand, refuses malformed updates, and goes on', async () => {
  await withCall({}, async (call) => {
    await call.until(isConversing);
    const names = ['dialogEnded', 'referNotified', 'mediaChanged', 'callerAcknowledged', 'dtmfReceived'];
    for (const name of names) {
      await call.handle.signal(name);
      await call.handle.signal(name, 'nonsense');
      await call.handle.signal(name, { leg: { kind: 'caller', attempt: 'x' }, legs: [7] });
    }
    await expect(call.handle.executeUpdate('endCall', { args: [7] })).rejects.toMatchObject({
      cause: { type: FAILURE.INVALID_ACTIVITY },
    });
    const ignored = ({ timeline }: CallView) => timeline.filter((entry) => entry.event === 'SignalIgnored').length;
    await call.until((view) => ignored(view) === 3 * names.length);
    const change = { legs: [{ leg: { kind: 'bot', attempt: 0 }, localSdp: 'new', remoteSdp: 'newer' }] };
    await call.handle.signal('mediaChanged', change);
    await call.byeFrom('caller');
    await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
  });
});

describe('the end', () => {
  it('comes when an operator hangs up, with the reason to both legs; the bot hears of an error', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await call.handle.executeUpdate(messages.endCallUpdate, { args: [{ reason: 'maintenance' }] });
      await expect(call.result()).resolves.toMatchObject({
        end: { by: 'operator', reasonCode: 'operator-disconnected', reason: 'maintenance' },
      });
      const byes = call.effects.filter(({ name }) => name === 'endLeg').map(({ input }) => input);
      expect(byes).toMatchObject([{ reason: 'maintenance' }, { reason: 'maintenance' }]);
      const value = { reasonCode: 'error', reason: 'maintenance' };
      expect(call.botEvents().at(-1)).toMatchObject({ name: 'conversationEnd', value });
    });
  });

  it('comes when the call has lasted as long as it may', async () => {
    const input = callInput();
    input.trunk.maxCallMs = 300;
    await withCall(
      {},
      async (call) => {
        await expect(call.result()).resolves.toMatchObject({ end: { by: 'limit', reasonCode: 'error' } });
        expect(call.count('endLeg')).toBe(2);
      },
      input
    );
  });

  it('comes before the bot is called when nobody is left who called', async () => {
    await withCall({ inviteBot: () => Promise.resolve({ kind: 'caller-gone' }) }, async (call) => {
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'caller-gone' } });
      expect(call.count('endLeg')).toBe(0);
    });
  });
});
