import type { Log } from '../activities/log';
import type { Reload } from '../client/api/reload';
import type { ChannelConfig, Config, TrunkConfig } from '../config/config';
import { ConfigError } from '../config/config';

/** Sections that a running worker keeps as they were at its start. */
const FIXED = ['node', 'sipServer', 'reconciliation', 'worker', 'api', 'records', 'calls', 'metrics'] as const;

/** The configuration that holds now. Calls that are up keep what they started with: it stands in their workflows. */
export class LiveConfig {
  readonly #listeners: ((config: Config) => void)[] = [];
  /** Trunks that are configured no more: their bindings are still to be removed. */
  readonly #retired = new Map<string, TrunkConfig>();
  /** Channels that are configured no more: calls that are up have their bots. */
  readonly #retiredChannels = new Map<string, ChannelConfig>();
  #current: Config;

  /**
   * @param load reads the configuration anew
   * @throws ConfigError
   */
  constructor(
    private readonly load: () => Config,
    private readonly log: Log
  ) {
    this.#current = load();
  }

  get current(): Config {
    return this.#current;
  }

  /** @returns a trunk by its id, also one that was configured before */
  trunk(id: string): TrunkConfig | undefined {
    return this.#current.trunks.find((trunk) => trunk.id === id) ?? this.#retired.get(id);
  }

  /** @returns a channel by its `botId`, also one that was configured before */
  channel(botId: string): ChannelConfig | undefined {
    return this.#current.channels.find((channel) => channel.botId === botId) ?? this.#retiredChannels.get(botId);
  }

  onChange(listener: (config: Config) => void): void {
    this.#listeners.push(listener);
  }

  /** Takes trunks and channels from the file as it is now. A file with faults changes nothing. */
  reload(): Reload {
    let loaded: Config;
    try {
      loaded = this.load();
    } catch (err) {
      const faults = err instanceof ConfigError ? err.faults : [String(err)];
      this.log.error({ faults }, 'the new configuration has faults: nothing is changed');
      return { isDone: false, faults };
    }
    return this.#take(loaded);
  }

  #take(loaded: Config): Reload {
    const before = this.#current;
    const needsRestart = FIXED.filter((name) => JSON.stringify(loaded[name]) !== JSON.stringify(before[name]));
    for (const trunk of before.trunks) this.#retired.set(trunk.id, trunk);
    for (const channel of before.channels) this.#retiredChannels.set(channel.botId, channel);
    this.#current = { ...before, trunks: loaded.trunks, channels: loaded.channels };
    for (const listener of this.#listeners) listener(this.#current);
    const trunks = loaded.trunks.map(({ id }) => id);
    const channels = loaded.channels.map(({ botId }) => botId);
    this.log.info({ trunks, channels }, 'configuration reloaded');
    if (needsRestart.length > 0) this.log.warn({ needsRestart }, 'some changed settings hold from the next start on');
    return { isDone: true, trunks, channels, needsRestart };
  }
}
