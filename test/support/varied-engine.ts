import { Engine } from './engine';
import type { EngineOptions } from './engine';
import { BY_INVITE, BY_REFER } from './varied-calls';
import { WebhookBot } from './webhook-bot';

export interface VariedEngine {
  engine: Engine;
  webhook: WebhookBot;
  close: () => Promise<void>;
}

/** An engine whose trunks transfer by REFER and by INVITE. @param leg `sip:` URI of the bot */
export async function variedEngine(leg: string, more: Partial<EngineOptions> = {}): Promise<VariedEngine> {
  const webhook = await WebhookBot.open();
  const bot = { leg, webhook: webhook.url };
  const byInvite = { id: 'invites', login: BY_INVITE, sources: ['127.0.0.1'], transferMethod: 'invite' };

  const engine = await Engine.start({
    bot: leg,
    webhook: webhook.url,
    trunk: { login: BY_REFER, allowTargets: ['^sip:'] },
    more: {
      trunks: [{ ...byInvite, allowTargets: ['^sip:'] }],
      channels: [{ botId: 'bot-invites', trunk: 'invites', ...bot }],
    },
    ...more,
  });
  return {
    engine,
    webhook,
    close: async () => {
      await engine.stop();
      await webhook.close();
    },
  };
}
