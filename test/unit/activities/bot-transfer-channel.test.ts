import { describe, expect, it } from '@jest/globals';
import { readActivities } from '../../../activities/bot/read-activities';
import type { ReadContext } from '../../../contracts/read-context';
import type { TrunkOfCall } from '../../../contracts/call';

const trunkWith = (id: string): TrunkOfCall => ({
  id,
  host: `${id}.example.com`,
  allowTargets: [`@${id}.example.com`],
  ringTimeoutMs: 5_000,
  maxCallMs: 1_000,
});
const TRUNKS: Record<string, TrunkOfCall> = { 'own-bot': trunkWith('own'), 'other-bot': trunkWith('other') };
const context: ReadContext = { presets: {}, policy: { ...trunkWith('own'), channel: {} }, trunk: 'own' };

const read = (payload: unknown, more: Partial<ReadContext> = {}): unknown =>
  readActivities(payload, { ...context, ...more }, (botId) => TRUNKS[botId]);
const transfer = (activityParams: object): object => ({ type: 'event', name: 'transfer', id: 'a1', activityParams });
const reading = (request: object): object => ({
  activities: [expect.objectContaining({ request: expect.objectContaining(request) })],
});

const OTHER = {
  target: 'sip:+4930@other.example.com',
  over: { channel: 'other-bot', reason: 'transfer-channel', trunk: TRUNKS['other-bot'] },
};

describe('transferChannel', () => {
  const params = { transferTarget: '+4930', transferChannel: 'other-bot' };
  it.each<[string, unknown, ReadContext['dialect']]>([
    ['bot-api', transfer(params), 'bot-api'],
    ['bot-framework', { type: 'event', name: 'transfer', channelData: { activityParams: params } }, 'bot-framework'],
    ['copilot-studio', { activityParams: params }, 'copilot-studio'],
    ['copilot-legacy', { activityParams: params }, 'copilot-legacy'],
    ['dialogflow-cx', { activities: [transfer(params)] }, 'dialogflow-cx'],
    ['dialogflow-es', { activities: [transfer(params)] }, 'dialogflow-es'],
    ['jaicp', { type: 'switch', phoneNumber: '+4930', transferChannel: 'other-bot' }, 'jaicp'],
    ['jaicp, as JAICF writes it', { type: 'switch', phoneNumber: '+4930', transferCall: 'other-bot' }, 'jaicp'],
  ])('names the trunk in the words of %s', (_, payload, dialect = 'bot-api') => {
    expect(read(payload, { dialect })).toMatchObject(reading(OTHER));
  });

  it('holds as a preset and as a session parameter too', () => {
    const payload = transfer({ transferTarget: '+4930' });
    for (const place of ['presets', 'sessionParams'])
      expect(read(payload, { [place]: { transferChannel: 'other-bot' } })).toMatchObject(reading(OTHER));
  });

  it('has targets held to the rules of its trunk, and to those of the bot', () => {
    const elsewhere = transfer({ transferTarget: 'sip:agent@own.example.com', transferChannel: 'other-bot' });
    expect(read(elsewhere)).toMatchObject({ faults: [{ message: expect.stringContaining("trunk's allowTargets") }] });
    const policy = { ...context.policy, channel: { denyTargets: ['@other.example.com' as const] } };
    expect(read(transfer(params), { policy })).toMatchObject({
      faults: [{ message: expect.stringContaining("channel's denyTargets") }],
    });
  });

  it('leaves the trunk of the call as it was when the call began', () => {
    expect(read(transfer({ transferTarget: '+4930', transferChannel: 'own-bot' }))).toMatchObject(
      reading({ target: 'sip:+4930@own.example.com', over: { channel: 'own-bot', reason: 'transfer-channel' } })
    );
  });

  it.each([
    ['nobody', 'nobody'],
    [7, '7'],
    [{ a: 1 }, '{"a":1}'],
    ['x'.repeat(300), 'x'.repeat(200)],
  ])('%j is no fault: the trunk of the call is taken', (transferChannel, channel) => {
    expect(read(transfer({ transferTarget: '+4930', transferChannel }))).toMatchObject(
      reading({ target: 'sip:+4930@own.example.com', over: { channel, reason: 'unknown-transfer-channel' } })
    );
  });

  it('is no fault in the words of JAICP either', () => {
    const payload = { type: 'switch', phoneNumber: '+4930', transferChannel: 7 };
    expect(read(payload, { dialect: 'jaicp' })).toMatchObject(
      reading({ over: { channel: '7', reason: 'unknown-transfer-channel' } })
    );
  });

  it.each([null, '', ' ', undefined])('%j says nothing', (transferChannel) => {
    const read1 = read(transfer({ transferTarget: '+4930', transferChannel })) as { activities: [{ request: object }] };
    expect(read1.activities[0].request).not.toHaveProperty('over');
  });

  it('may differ between the targets of a plan', () => {
    const transferTargets = ['+4930', { transferTarget: '+4931', transferChannel: 'own-bot' }];
    expect(read(transfer({ transferTargets, transferChannel: 'other-bot' }))).toMatchObject(
      reading({
        ...OTHER,
        next: [{ target: 'sip:+4931@own.example.com', over: { channel: 'own-bot', reason: 'transfer-channel' } }],
      })
    );
  });
});
