import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { EngineOptions } from './engine';
import { Engine } from './engine';
import { SipPeer } from './sip-peer';
import { WebhookBot } from './webhook-bot';

/** An engine, and its bot with a SIP leg and a webhook. */
export interface BotStage {
  engine: Engine;
  bot: SipPeer;
  webhook: WebhookBot;
  /** Another caller, who is gone after the test. */
  newCaller: () => Promise<SipPeer>;
}

/** One stage for the tests of a file. @param use takes it before the first one */
export function botStage(use: (stage: BotStage) => void, options: Omit<EngineOptions, 'bot' | 'webhook'> = {}): void {
  let stage: BotStage;
  const callers: SipPeer[] = [];
  const newCaller = async (): Promise<SipPeer> => {
    const caller = await SipPeer.open();
    callers.push(caller);
    return caller;
  };
  beforeAll(async () => {
    const [bot, webhook] = [await SipPeer.open(), await WebhookBot.open()];
    const engine = await Engine.start({ ...options, bot: bot.uri('bot'), webhook: webhook.url });
    stage = { engine, bot, webhook, newCaller };
    use(stage);
  });
  afterEach(async () => {
    await Promise.all(callers.splice(0).map((caller) => caller.close()));
  });
  afterAll(async () => {
    await stage.engine.stop();
    await stage.bot.close();
    await stage.webhook.close();
  });
}
