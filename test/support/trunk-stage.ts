import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { SignalDefinition } from '@temporalio/client';
import { registerRequestedSignal, registrationWorkflowId } from '../../contracts/registration';
import type { Engine } from './engine';
import type { PhoneCall } from './joined-call';
import { phoneCall } from './joined-call';
import type { Kamailio, KamailioOptions } from './kamailio';
import { SipPeer } from './sip-peer';
import type { ProviderCase, TwoLogins } from './trunk-provider';
import { ACCOUNTS, isRegistered, statusOf, twoLogins } from './trunk-provider';

/** Number of the agent behind the provider. */
export const AGENT = '5000';

const TRUNK_OF = { '1000': 'first', '2000': 'second' } as const;

/** An engine with two logins at one provider, which also knows an agent. */
export class TrunkStage {
  static async open(options: Omit<TwoLogins, 'bots'>): Promise<TrunkStage> {
    const [first, second, agent] = [await SipPeer.open(), await SipPeer.open(), await SipPeer.open()];
    const provided = await twoLogins({ ...options, bots: [first.uri('bot'), second.uri('bot')] });
    return new TrunkStage({ '1000': first, '2000': second }, agent, provided, await providerOf(provided, agent));
  }

  readonly engine: Engine;
  readonly #calls: PhoneCall[] = [];

  private constructor(
    /** The bot of each login. */
    readonly bots: Record<keyof typeof TRUNK_OF, SipPeer>,
    readonly agent: SipPeer,
    private readonly provided: ProviderCase,
    /** The one that is there now. */
    public provider: Kamailio
  ) {
    this.engine = provided.engine;
  }

  /** A call to the bot of this login, once its trunk is registered. */
  async call(login: keyof typeof TRUNK_OF = '1000'): Promise<PhoneCall> {
    await statusOf(this.engine, TRUNK_OF[login], isRegistered);
    await this.provider.until(new RegExp(`registered ${login}`));
    const call = await phoneCall(this.engine, this.bots[login], login, this.provided.port);
    this.#calls.push(call);
    return call;
  }

  /** Another provider in the place of this one; the trunks are told to register with it. */
  async replaceProvider(options: Partial<KamailioOptions> = {}): Promise<void> {
    await this.provider.stop();
    this.provider = await providerOf(this.provided, this.agent, options);
    for (const trunk of Object.values(TRUNK_OF)) await this.signal(trunk, registerRequestedSignal);
  }

  /** Tells a trunk's registration to do something. */
  async signal(trunk: string, signal: SignalDefinition): Promise<void> {
    const { workflow } = await this.engine.client();
    await workflow.getHandle(registrationWorkflowId(trunk, this.engine.node)).signal(signal);
  }

  async endCalls(): Promise<void> {
    await Promise.all(this.#calls.splice(0).map((call) => call.close()));
  }

  async close(): Promise<void> {
    await this.engine.stop();
    await this.provider.stop();
    await Promise.all([...Object.values(this.bots), this.agent].map((peer) => peer.close()));
  }
}

function providerOf(provided: ProviderCase, agent: SipPeer, options: Partial<KamailioOptions> = {}): Promise<Kamailio> {
  return provided.start({ accounts: ACCOUNTS, numbers: { [AGENT]: agent.uri(AGENT) }, ...options });
}

/** One stage for the tests of a file. @param use takes it before the first one */
export function trunkStage(use: (stage: TrunkStage) => void, options: Omit<TwoLogins, 'bots'> = {}): void {
  let stage: TrunkStage;
  beforeAll(async () => {
    stage = await TrunkStage.open(options);
    use(stage);
  });
  afterEach(() => stage.endCalls());
  afterAll(() => stage.close());
}
