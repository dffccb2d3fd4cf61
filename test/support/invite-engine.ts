import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { PhoneCall } from './joined-call';
import { phoneCall } from './joined-call';
import { Engine } from './engine';
import { SipPeer } from './sip-peer';
import { WebhookBot } from './webhook-bot';

/** Numbers of an engine whose trunks differ in how they transfer. */
export const NUMBERS = { invite: '1000', auto: '1001', declines: '1002', lateOffer: '1003' } as const;

const SETTINGS: Record<keyof typeof NUMBERS, Record<string, unknown>> = {
  invite: { transferMethod: 'invite' },
  auto: { transferMethod: 'auto' },
  declines: { transferMethod: 'auto', referRefusedWith: [] },
  lateOffer: { transferMethod: 'invite', lateOffer: true },
};

/** An engine, its bot and its webhook, for tests that transfer by INVITE. Targets on loopback are allowed and ring for 5 s. */
export interface InviteEngine {
  engine: Engine;
  botPeer: SipPeer;
  webhook: WebhookBot;
  /** A call that is up. */
  call: (trunk?: keyof typeof NUMBERS) => Promise<PhoneCall>;
  close: () => Promise<void>;
}

/**
 * One engine for the tests of a file, and for each of them a call that is up.
 * @param use takes both before each test
 * @param ringTimeoutMs as of `inviteEngine`
 */
export function callForEachTest(use: (engine: InviteEngine, call: PhoneCall) => void, ringTimeoutMs?: number): void {
  let engine: InviteEngine;
  let call: PhoneCall;
  beforeAll(async () => {
    engine = await inviteEngine(ringTimeoutMs);
  });
  beforeEach(async () => {
    call = await engine.call();
    use(engine, call);
  });
  afterEach(() => call.close());
  afterAll(() => engine.close());
}

/** @param ringTimeoutMs 5 s, which tests of the time-out wait for */
export async function inviteEngine(ringTimeoutMs = 5_000): Promise<InviteEngine> {
  const [webhook, botPeer] = [await WebhookBot.open(), await SipPeer.open()];
  const trunkOf = (name: keyof typeof NUMBERS): Record<string, unknown> => ({
    id: name,
    login: NUMBERS[name],
    sources: ['127.0.0.1'],
    ringTimeoutMs,
    allowTargets: ['^sip:[^@]+@127\\.0\\.0\\.1(:\\d+)?$'],
    ...SETTINGS[name],
  });
  const others = ['auto', 'declines', 'lateOffer'] as const;
  const bot = { leg: botPeer.uri('bot'), webhook: webhook.url };
  const engine = await Engine.start({
    bot: bot.leg,
    webhook: webhook.url,
    trunk: trunkOf('invite'),
    channel: { trunk: 'invite' },
    more: { trunks: others.map(trunkOf), channels: others.map((trunk) => ({ botId: `bot-${trunk}`, trunk, ...bot })) },
  });
  return {
    engine,
    botPeer,
    webhook,
    call: (trunk = 'invite') => phoneCall(engine, botPeer, NUMBERS[trunk]),
    close: async () => {
      await engine.stop();
      await botPeer.close();
      await webhook.close();
    },
  };
}
