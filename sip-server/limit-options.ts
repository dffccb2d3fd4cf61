import type { Command } from '@commander-js/extra-typings';
import { OptionError } from './option-error';
import { settingsSchema } from './settings';
import type { Settings, SettingsInput } from './settings';

/** Limits and durations with an option of their own name: `maxConnections` is `--max-connections`. */
const descriptions = {
  unansweredMs: 'a new INVITE that an application leaves without any response gets 503',
  ackGraceMs: "a 2xx that crossed a CANCEL waits for the application's ACK",
  minSessionExpiresS: 'smallest session interval, in seconds',
  keepEndedMs: 'an ended dialog still takes a NOTIFY',
  keepEffectsMs: 'an effect id is remembered at least',
  keepUndeliveredMs: 'news is kept for an application',
  probesPerS: 'peers asked each second, after a start or a sleep, whether they still have their dialogs; 0 for none',
  maxWaiting: 'requests that wait for an application',
  maxUnreadBytes: 'what an application may leave unread before it is disconnected',
  maxUnauthenticated: 'connections of applications that have not authenticated',
  authenticateWithinMs: 'an application authenticates in this time',
  maxClientTransactions: 'requests of applications under way',
  messageTimeoutMs: 'a message begun over TCP or TLS is complete in this time',
  maxConnections: 'connections that peers may have open to one address',
  maxServerTransactions: "peers' requests that are open",
  sourceRatePerS: 'requests outside of dialogs that one source may send each second; 0 for no limit',
  sourceBurst: 'how many of them at once',
} satisfies Partial<Record<keyof Settings, string>>;

type Limit = keyof typeof descriptions;

const names = Object.keys(descriptions) as Limit[];

/** Adds the options with their defaults. */
export function addLimitOptions(command: Command): void {
  const defaults = settingsSchema.parse({ secret: 'unused' });
  for (const name of names) command.option(`${flagOf(name)} <n>`, descriptions[name], String(defaults[name]));
  command.option(
    '--exempt-sources <list>',
    'addresses and networks without that limit',
    defaults.exemptSources.join(',')
  );
}

/** @throws OptionError naming the option that is out of range */
export function limitsOf(options: Readonly<Record<string, unknown>>): Partial<SettingsInput> {
  const given = names.map((name): [string, unknown] => [name, numberOf(name, String(options[name]))]);
  const exempt = String(options['exemptSources']).split(',');
  const limits = { ...Object.fromEntries(given), exemptSources: exempt.map((one) => one.trim()).filter(Boolean) };
  const checked = settingsSchema.partial().safeParse(limits);
  if (checked.success) return limits;
  const [issue] = checked.error.issues;
  throw new OptionError(`${flagOf(String(issue?.path[0]))}: ${issue?.message ?? 'is out of range'}`);
}

function numberOf(name: Limit, text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new OptionError(`${flagOf(name)}: "${text}" is not a number`);
  return Number(text);
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
