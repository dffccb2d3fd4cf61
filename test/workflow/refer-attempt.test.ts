import { afterAll, describe, expect, it } from '@jest/globals';
import type { SendReferResult } from '../../contracts/activities-sip';
import * as messages from '../../contracts/messages';
import type { CallUnderTest } from '../support/call-harness';
import { callInput, closeHarness, isConversing, withCall } from '../support/call-harness';

const GRACE_MS = 200;

afterAll(closeHarness);

/** Answers to REFERs, one after the other; the last stands for all that follow. */
function answers(...statuses: number[]): () => Promise<SendReferResult> {
  let n = 0;
  return () => {
    const sipStatus = statuses[Math.min(n++, statuses.length - 1)] ?? 500;
    return Promise.resolve({ sipStatus, reasonPhrase: 'Phrase', cseq: 6 + n });
  };
}

const isConcluded = (view: { transfers: { outcome?: unknown }[] }): boolean =>
  view.transfers.at(-1)?.outcome !== undefined;

async function begun(call: CallUnderTest, params: Record<string, unknown> = {}): Promise<void> {
  await call.until(isConversing);
  await call.transfer({ transferNotificationsHangupMS: GRACE_MS, ...params });
}

async function expectEnd(call: CallUnderTest, reasonCode: string): Promise<void> {
  await expect(call.result()).resolves.toMatchObject({ end: { reasonCode } });
}

describe('a REFER', () => {
  it('that is refused for now is sent again, each with an effect of its own', async () => {
    await withCall({ sendRefer: answers(491, 202) }, async (call) => {
      await begun(call);
      await call.until(({ timeline }) => timeline.some(({ event }) => event === 'ReferAnswered'));
      await call.notify(200);
      await call.byeFrom('caller');
      await expectEnd(call, 'transferred');
      const ids = call.effects.filter(({ name }) => name === 'sendRefer').map(({ input }) => input);
      expect(ids).toMatchObject([
        { effectId: expect.stringContaining('/1') as unknown },
        { effectId: expect.stringContaining('/2') as unknown },
      ]);
    });
  });

  it('without an answer has the peer probed, and the bot keeps a caller who is there', async () => {
    await withCall({ sendRefer: answers(408), probeLeg: () => Promise.resolve(true) }, async (call) => {
      await begun(call);
      const { transfers } = await call.until(isConcluded);
      expect(transfers[0]?.outcome).toMatchObject({ status: 'failed', reasonCode: 'error', evidence: 'timer' });
      await call.notify(200);
      await call.byeFrom('caller');
      await expectEnd(call, 'transferred');
    });
  });

  it('without an answer ends the call when the peer is dead', async () => {
    await withCall({ sendRefer: answers(408), probeLeg: () => Promise.resolve(false) }, async (call) => {
      await begun(call);
      await expectEnd(call, 'error');
    });
  });

  it('is given up when the bot cancels the transfer', async () => {
    await withCall({}, async (call) => {
      await begun(call);
      await call.notify(180);
      const [receipt] = await call.handle.executeUpdate(messages.sendActivitiesUpdate, {
        args: [{ type: 'event', name: 'cancelTransfer', activityParams: { cancelReason: 'changed my mind' } }],
      });
      expect(receipt).toMatchObject({ status: 'accepted' });
      const { transfers, phase } = await call.until(isConcluded);
      expect([phase, transfers[0]?.outcome]).toMatchObject([
        'conversing',
        { evidence: 'local', reason: 'changed my mind' },
      ]);
      await call.byeFrom('caller');
      await expectEnd(call, 'client-disconnected');
    });
  });

  it('whose answer comes after the caller’s BYE was taken all the same', async () => {
    let answer: (result: SendReferResult) => void = () => undefined;
    const sendRefer = (): Promise<SendReferResult> => new Promise((resolve) => (answer = resolve));
    const trunk = { ...callInput().trunk, transferTimers: { byeLingerMs: 100 } };
    await withCall(
      { sendRefer },
      async (call) => {
        await begun(call);
        await call.until(() => call.count('sendRefer') === 1);
        await call.byeFrom('caller');
        answer({ sipStatus: 202, reasonPhrase: 'Accepted', cseq: 7 });
        await expectEnd(call, 'transferred');
      },
      callInput({ trunk })
    );
  });
});

describe('progress', () => {
  it('reaches a bot that asks for it, each status once', async () => {
    const channel = { ...callInput().channel, transferProgress: true };
    await withCall(
      {},
      async (call) => {
        await begun(call);
        for (const status of [100, 180, 180, 183, 486]) await call.notify(status);
        await call.until(isConcluded);
        await call.byeFrom('caller');
        await expectEnd(call, 'client-disconnected');
        const told = call.botEvents().filter(({ name }) => name === 'transferProgress');
        expect(told).toMatchObject([
          { value: { sipStatus: 180, method: 'refer', target: 'sip:agent@peer' } },
          { value: { sipStatus: 183 } },
        ]);
        const outcome = call.botEvents().find(({ name }) => name === 'transferStatus');
        expect(outcome).toMatchObject({ value: { method: 'refer', elapsedMs: expect.any(Number) as unknown } });
      },
      callInput({ channel })
    );
  });

  it('reaches a bot that asked by REFER as NOTIFYs, before its BYE', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      const activityParams = {
        transferTarget: 'sip:agent@peer',
        transferNotifications: true,
        transferNotificationsHangupMS: 0,
      };
      const activity = { id: 'refer-1', type: 'event', name: 'transfer', activityParams };
      await call.handle.executeUpdate(messages.requestTransferUpdate, { args: [{ referCseq: 3, activity }] });
      await call.notify(180);
      await call.notify(200);
      await call.byeFrom('caller');
      await expectEnd(call, 'transferred');
      const sent = call.effects.filter(({ name }) => name === 'sendReport' || name === 'endLeg');
      expect(sent.map(({ input }) => (input as { sipStatus?: number }).sipStatus)).toEqual([100, 180, 200, undefined]);
    });
  });
});
