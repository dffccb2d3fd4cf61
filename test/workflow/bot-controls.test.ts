import { afterAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import type { SendInfoInput } from '../../contracts/activities-sip';
import { FAILURE } from '../../contracts/failures';
import * as messages from '../../contracts/messages';
import type { CallUnderTest } from '../support/call-harness';
import { callInput, closeHarness, isConversing, leg, botEventNames, withCall } from '../support/call-harness';
import { eventually } from '../support/eventually';

const send = (call: CallUnderTest, ...activities: object[]) =>
  call.handle.executeUpdate(messages.sendActivitiesUpdate, { args: [activities] });
const event = (name: string, activityParams: object = {}, over: object = {}) => ({
  type: 'event',
  name,
  activityParams,
  ...over,
});

afterAll(closeHarness);

describe('a bot without a SIP leg', () => {
  const input = () => {
    const made = callInput();
    delete made.channel.leg;
    return made;
  };

  it('has the caller at once, hears the start, and hangs up', async () => {
    await withCall(
      {},
      async (call) => {
        await expect(call.answer).resolves.toEqual({ sipStatus: 200, sdp: leg('caller').localSdp });
        await send(call, event('hangup', { hangupReason: 'enough' }));
        await expect(call.result()).resolves.toMatchObject({ end: { by: 'bot', reason: 'enough' } });
        expect(call.count('inviteBot')).toBe(0);
        expect(call.count('endLeg')).toBe(1);
        expect(botEventNames(call)).toEqual(['start', 'conversationEnd']);
      },
      input()
    );
  });

  it('hands the caller over and is told the end after the grace', async () => {
    await withCall(
      {},
      async (call) => {
        await call.until(isConversing);
        await call.transfer({ transferNotificationsHangupMS: 100 });
        await call.notify(200);
        await call.byeFrom('caller');
        await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'transferred', by: 'transfer' } });
        expect(botEventNames(call)).toEqual(['start', 'transferStatus', 'conversationEnd']);
      },
      input()
    );
  });
});

describe('what a bot may ask for besides transfers', () => {
  it('records what it cannot play, and answers so', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      const receipts = await send(
        call,
        { type: 'message', text: 'Hello' },
        event('playUrl', { playUrlUrl: 'https://bot/hello.wav', playUrlFailureHandling: 'notify-bot' })
      );
      expect(receipts).toMatchObject([
        { name: 'message', status: 'recorded' },
        { name: 'playUrl', status: 'recorded' },
      ]);
      await call.byeFrom('caller');
      const { prompts } = await call.result();
      expect(prompts.map(({ content }) => content)).toEqual(['Hello', 'https://bot/hello.wav']);
      expect(botEventNames(call)).toEqual(['start', 'playUrlFailed', 'conversationEnd']);
    });
  });

  it('sends digits and metadata to the caller as INFO, in order and each once, and hangs up after them', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await send(
        call,
        event('sendDtmf', { dtmfDigits: '1#' }),
        event('sendMetaData', {}, { value: { customer: 7 } }),
        event('hangup')
      );
      await call.result();
      const infos = call.effects
        .filter(({ name }) => name === 'sendInfo')
        .map(({ input: sent }) => sent as SendInfoInput);
      expect(infos.map(({ body }) => body)).toEqual([
        'Signal=1\r\nDuration=160\r\n',
        'Signal=#\r\nDuration=160\r\n',
        '{"customer":7}',
      ]);
      expect(new Set(infos.map(({ effectId }) => effectId)).size).toBe(3);
    });
  });

  it('posts metadata to its URL, and goes on when nobody takes it', async () => {
    const postMetaData = () => Promise.reject(ApplicationFailure.nonRetryable('gone', FAILURE.BOT_UNREACHABLE));
    await withCall({ postMetaData }, async (call) => {
      await call.until(isConversing);
      await send(call, event('sendMetaData', { sendMetaDataUrl: 'http://crm/calls' }, { value: 'x' }));
      await call.until(({ timeline }) => timeline.some((entry) => entry.event === 'InfoFailed'));
      await call.byeFrom('caller');
      await call.result();
      expect(call.effects.find(({ name }) => name === 'postMetaData')?.input).toMatchObject({
        url: 'http://crm/calls',
        data: '"x"',
      });
    });
  });

  it('keeps sessionParams for the rest of the call, below activityParams', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await send(
        call,
        event('config', {}, { sessionParams: { transferTarget: 'sip:preset@peer', transferNotifications: true } })
      );
      await send(call, event('transfer'));
      const { transfers } = await call.until(({ phase }) => phase === 'transferring');
      expect(transfers[0]).toMatchObject({ target: 'sip:preset@peer', notifications: true });
      await call.notify(486);
      await call.until(isConversing);
      await call.byeFrom('caller');
      await call.result();
    });
  });

  it('hears the caller’s digits, each once', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      const request = { method: 'INFO', remoteTag: 'theirs', cseq: 9 };
      const digit = { leg: { kind: 'caller' as const, attempt: 0 }, request, digits: '5' };
      await call.handle.signal(messages.dtmfReceivedSignal, digit);
      await call.handle.signal(messages.dtmfReceivedSignal, digit);
      await call.byeFrom('caller');
      await call.result();
      expect(call.botEvents().filter(({ name }) => name === 'DTMF')).toMatchObject([{ value: '5' }]);
    });
  });
});

it.each([
  ['a denied target', {}],
  ['a denied target of a plan', { transferTarget: undefined, transferTargets: ['sip:allowed@peer', 'sip:agent@peer'] }],
])('records the first refusals of %s, and refuses more of them without a trace in the history', async (_, params) => {
  const input = callInput();
  input.trunk.allowTargets = ['^sip:allowed@'];
  await withCall(
    {},
    async (call) => {
      await call.until(isConversing);
      const refuse = () =>
        expect(call.transfer(params)).rejects.toMatchObject({ cause: { type: FAILURE.INVALID_ACTIVITY } });
      for (let tries = 0; tries < 10; tries++) await refuse();
      const historyLength = await settledHistoryLength(call);
      for (let tries = 0; tries < 5; tries++) await refuse();
      expect((await call.handle.describe()).historyLength).toBe(historyLength);
      await call.byeFrom('caller');
      const { refused } = await call.result();
      expect(refused).toHaveLength(10);
      expect(refused[0]?.reason).toBe("sip:agent@peer is not allowed by the trunk's allowTargets");
    },
    input
  );
});

/** Length of the history once the bot has heard of the call and nothing of its set-up goes on. */
async function settledHistoryLength(call: CallUnderTest): Promise<number> {
  let length = 0;
  await eventually(async () => {
    const { historyLength, raw } = await call.handle.describe();
    length = historyLength;
    return call.count('postEvents') > 0 && !raw.pendingWorkflowTask && (raw.pendingActivities ?? []).length === 0;
  }, 'the set-up is over');
  return length;
}
