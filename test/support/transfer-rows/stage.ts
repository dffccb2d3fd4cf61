import { Engine } from '../engine';
import type { PeerDialog } from '../sip-peer-dialog';
import type { ReceivedMessage } from '../sip-peer';
import { header, sdp, SipPeer } from '../sip-peer';
import { WebhookBot } from '../webhook-bot';

/** What the rows ask of a trunk, by the number that is dialled. Short where a row waits for the timer to run out, long where it must not. */
const TRUNKS = {
  '1000': { ringTimeoutMs: 120_000, transferTimers: { byeLingerMs: 5_000 } },
  /** Timers run out. */
  '1001': {
    ringTimeoutMs: 5_000,
    transferTimers: { byeLingerMs: 300, subscriptionEndWatchMs: 1_500 },
  },
  /** The REFER is not answered. */
  '1005': { ringTimeoutMs: 120_000, transferTimers: { referAnswerMs: 6_000, probeMs: 1_500 } },
  '1002': { ringTimeoutMs: 120_000, transferTimers: { byeLingerMs: 300 }, refer: { byeWhileRinging: 'failed' } },
  '1003': { ringTimeoutMs: 120_000, refer: { norefersub: true } },
  '1006': { ringTimeoutMs: 120_000, transferMethod: 'invite' },
  '1007': { ringTimeoutMs: 5_000, transferMethod: 'invite' },
  '1008': { ringTimeoutMs: 120_000, transferMethod: 'auto' },
  /** A BYE after the subscription's end is waited for. */
  '1004': { ringTimeoutMs: 120_000, transferTimers: { byeLingerMs: 300, subscriptionEndWatchMs: 60_000 } },
} as const;
export type Dialled = keyof typeof TRUNKS;

/** The engine with a bot on it that takes every call, for many rows at once. */
export class Stage {
  static async open(): Promise<Stage> {
    const bot = await SipPeer.open();
    const webhook = await WebhookBot.open();
    const settings = Object.entries(TRUNKS).map(([login, trunk]) => ({ login, id: `trunk-${login}`, ...trunk }));
    const common = { sources: ['127.0.0.1'], host: '127.0.0.1:5090', allowTargets: ['^sip:'] };
    const engine = await Engine.start({
      bot: bot.uri('bot'),
      webhook: webhook.url,
      trunk: { allowTargets: ['^sip:'], login: '9999' },
      // A busy machine takes long to start another worker.
      sipServerArgs: ['--owner-grace-ms', '60000'],
      more: {
        trunks: settings.map((trunk) => ({ ...common, ...trunk })),
        channels: settings.map(({ id, login }) => ({
          botId: `bot-${login}`,
          trunk: id,
          leg: bot.uri('bot'),
          webhook: webhook.url,
        })),
      },
    });
    return new Stage(engine, bot, webhook);
  }

  readonly #atBot = new Map<string, PeerDialog>();

  private constructor(
    readonly engine: Engine,
    readonly bot: SipPeer,
    readonly webhook: WebhookBot
  ) {
    bot.whenever('INVITE', (invite) => this.#answerAsBot(invite));
    bot.whenever('BYE', (bye) => bot.respond(bye, 200));
  }

  #answerAsBot(invite: ReceivedMessage): void {
    const callId = header(invite, 'X-Call-ID');
    if (callId === undefined)
      this.bot.respond(invite, 200, { body: sdp(2, 31000), headers: [['Contact', this.bot.contact]] });
    else if (!this.#atBot.has(callId)) this.#atBot.set(callId, this.bot.accept(invite, { body: sdp(1, 31000) }));
  }

  /** The bot's dialog of a call. */
  botDialog(callId: string): PeerDialog {
    const dialog = this.#atBot.get(callId);
    if (!dialog) throw new Error(`the bot has no call ${callId}`);
    return dialog;
  }

  /** Whether the bot was let go from this call. */
  hasBotLeft(callId: string): boolean {
    const sipCallId = this.botDialog(callId).callId;
    return this.bot.count((message) => isByeOf(message, sipCallId)) > 0;
  }

  async close(): Promise<void> {
    await this.engine.stop();
    await this.bot.close();
    await this.webhook.close();
  }
}

function isByeOf(message: ReceivedMessage, sipCallId: string): boolean {
  return message.method === 'BYE' && header(message, 'Call-ID') === sipCallId;
}
