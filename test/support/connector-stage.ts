import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { BotEvent } from '../../contracts/bot-events';
import type { ApiBotOptions, BotConversation } from './api-bot';
import { ApiBot } from './api-bot';
import { Engine } from './engine';
import { eventually } from './eventually';
import type { ReceivedMessage } from './sip-peer';
import { sdp, SipPeer } from './sip-peer';
import type { PeerDialog } from './sip-peer-dialog';
import { isOf, transferTo } from './transfer-call';

/** Where callers go whose bot is lost. */
export const PEOPLE = 'sip:people@127.0.0.1:5996';

/** Numbers of the bots: of the one that answers, of the one that pushes, and of the first one where it is not waited for. */
export const NUMBERS = { replying: '1000', pushing: '1001', hasty: '1002' } as const;

/** Longer than a worker takes to be there in the place of another one, also on a busy machine. */
const DEADLINE_MS = 20_000;

const HASTY_DEADLINE_MS = 3_000;

/** A caller who has been answered. */
export interface ConnectorCall {
  callerDialog: PeerDialog;
  caller: SipPeer;
  ok: ReceivedMessage;
}

/** An engine, two bots behind the Bot API, and a caller. */
export class ConnectorStage {
  static async open(): Promise<ConnectorStage> {
    const [replying, pushing] = [await ApiBot.open(), await ApiBot.open({ isPushing: true })];
    return new ConnectorStage(replying, pushing, await engineOf(replying, pushing));
  }

  /** Another one for each test. */
  caller!: SipPeer;

  private constructor(
    readonly replying: ApiBot,
    readonly pushing: ApiBot,
    readonly engine: Engine
  ) {}

  async begin(): Promise<void> {
    this.caller = await SipPeer.open();
    this.replying.options = { isPushing: false };
    this.pushing.options = { isPushing: true };
  }

  /** Dials until it is answered: a worker that has just taken another one's place may ask for patience. */
  async dial(number: string = NUMBERS.replying): Promise<ConnectorCall> {
    const { caller, engine } = this;
    const to = `sip:${number}@127.0.0.1:${engine.sipPort}`;
    const callerDialog = caller.dial({ port: engine.sipPort }, { to, body: sdp() });
    const ok = await caller.expect((message) => (message.status ?? 0) >= 200 && isOf(message, 'INVITE'));
    if (ok.status === 503) return this.dial(number);
    callerDialog.confirm(ok).ack();
    return { callerDialog, caller, ok };
  }

  async takeRefer(status = 202): Promise<ReceivedMessage> {
    const refer = await this.caller.expect('REFER');
    this.caller.respond(refer, status, { headers: [['Contact', this.caller.contact]] });
    return refer;
  }

  async close(): Promise<void> {
    await this.engine.stop();
    await this.replying.close();
    await this.pushing.close();
  }
}

function engineOf(replying: ApiBot, pushing: ApiBot): Promise<Engine> {
  const trunk = { sources: ['127.0.0.1'], allowTargets: ['^sip:[^@]+@127\\.0\\.0\\.1(:\\d+)?$'] };
  const connector = { timeoutMs: 700, deadlineMs: DEADLINE_MS, failover: { transferTarget: PEOPLE } };
  const hasty = { ...connector, url: replying.url, deadlineMs: HASTY_DEADLINE_MS };
  return Engine.start({
    trunk,
    channel: { connector: { ...connector, url: replying.url, bot: 'greeter' } },
    more: {
      trunks: [
        { id: 'pushing', login: NUMBERS.pushing, ...trunk },
        { id: 'hasty', login: NUMBERS.hasty, ...trunk },
      ],
      channels: [
        { botId: 'pusher', trunk: 'pushing', connector: { ...connector, url: pushing.url } },
        { botId: 'hasty', trunk: 'hasty', connector: hasty },
      ],
    },
    env: {
      DURABLE_CALLS_CONNECTOR_TOKEN_BOT: ApiBot.token,
      DURABLE_CALLS_CONNECTOR_TOKEN_PUSHER: ApiBot.token,
      DURABLE_CALLS_CONNECTOR_TOKEN_HASTY: ApiBot.token,
    },
  });
}

/** One stage for the tests of a file. @param use takes it before the first one */
export function connectorStage(use: (stage: ConnectorStage) => void): void {
  let stage: ConnectorStage;
  beforeAll(async () => {
    stage = await ConnectorStage.open();
    use(stage);
  });
  beforeEach(() => stage.begin());
  afterEach(() => stage.caller.close());
  afterAll(() => stage.close());
}

/** Names of the events that the bot has heard. */
export const namesHeard = ({ heard }: BotConversation): string[] => heard.map(({ name }) => name);

export const disconnection = ({ disconnected }: BotConversation): Promise<void> =>
  eventually(() => disconnected.length > 0, 'a disconnection');

/** A transfer to an agent, with this activity id. */
export const toAgent = (id: string): object => ({
  ...transferTo('sip:agent@127.0.0.1:5997', { transferNotificationsHangupMS: 0 }),
  id,
});

/** A bot that answers the start of its conversation so. */
export const onStart = (...activities: object[]): Pick<ApiBotOptions, 'answer'> => ({
  answer: ({ name }: BotEvent) => (name === 'start' ? activities : []),
});

/** The caller hangs up; the bot is told. */
export async function hangUp({ callerDialog }: ConnectorCall, conversation: BotConversation): Promise<void> {
  callerDialog.request('BYE');
  await disconnection(conversation);
}
