import type { TrunkStatus } from '../../contracts/registration';
import { registrationWorkflowId, trunkStatusQuery } from '../../contracts/registration';
import { Engine } from './engine';
import type { EngineOptions } from './engine';
import { freePort } from './free-port';
import { Kamailio } from './kamailio';
import type { KamailioOptions } from './kamailio';
import { WAIT_LIMIT_MS } from './limits';

const POLL_MS = 50;

/** Accounts of the provider, on one host and port. */
export const ACCOUNTS = { '1000': 'first-password', '2000': 'second-password' };

export interface ProviderCase {
  engine: Engine;
  /** Port of the provider, whether or not it runs. */
  port: number;
  /** Starts the provider, as it is configured here by default. */
  start(options?: Partial<KamailioOptions>): Promise<Kamailio>;
}

export interface TwoLogins {
  /** `sip:` URI of the bot of each trunk. */
  bots: [string, string];
  /** Settings of both trunks, and of the second one alone. */
  trunk?: Record<string, unknown>;
  second?: Record<string, unknown>;
  engine?: Partial<EngineOptions>;
}

/** An engine with two trunks, `first` with login 1000 and `second` with 2000, that register with one provider. */
export async function twoLogins({
  bots,
  trunk = {},
  second = {},
  engine: more = {},
}: TwoLogins): Promise<ProviderCase> {
  const port = await freePort();
  const registering = {
    host: `127.0.0.1:${port}`,
    register: { expiresS: 60, retryMinS: 0.2, retryMaxS: 1 },
    ...trunk,
  };
  const engine = await Engine.start({
    bot: bots[0],
    trunk: { id: 'first', login: '1000', ...registering },
    channel: { trunk: 'first', botId: 'first-bot' },
    more: {
      trunks: [{ id: 'second', login: '2000', sources: ['127.0.0.1'], ...registering, ...second }],
      channels: [{ trunk: 'second', botId: 'second-trunk-bot', leg: bots[1] }],
    },
    ...more,
    env: {
      DURABLE_CALLS_PASSWORD_FIRST: ACCOUNTS['1000'],
      DURABLE_CALLS_PASSWORD_SECOND: ACCOUNTS['2000'],
      ...more.env,
    },
  });
  const start = (options: Partial<KamailioOptions> = {}): Promise<Kamailio> =>
    Kamailio.start({ accounts: ACCOUNTS, port, customerPort: engine.sipPort, ...options });
  return { engine, port, start };
}

/** The status of a trunk as soon as it fits. */
export async function statusOf(
  engine: Engine,
  trunk: string,
  fits: (status: TrunkStatus) => boolean
): Promise<TrunkStatus> {
  const handle = (await engine.client()).workflow.getHandle(registrationWorkflowId(trunk, engine.node));
  for (const deadline = Date.now() + WAIT_LIMIT_MS; ;) {
    const status = await handle.query(trunkStatusQuery).catch(() => undefined);
    if (status && fits(status)) return status;
    if (Date.now() > deadline) throw new Error(`the trunk did not get there: ${JSON.stringify(status)}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

export const isRegistered = ({ registration }: TrunkStatus): boolean => registration === 'registered';
