import type { core } from 'zod';
import { z } from 'zod';
import { channelSchema } from './channel-schema';
import { describeConfigIssue } from './describe-issue';
import type { ConfigFault } from './faults';
import type { ChannelEntry, FileConfig, TrunkEntry } from './schema';
import { configSchema } from './schema';
import { trunkSchema } from './trunk-schema';

/** An entry of a list with its place there. */
export type Placed<Entry> = Entry & { readonly at: number };

type List = 'trunks' | 'channels';
type Section = Exclude<keyof FileConfig, List>;

/**
 * A configuration file as far as its settings are well formed, each by itself: what must hold between them can be checked even where others
 * are not.
 */
export class Settings {
  readonly faults: ConfigFault[];
  /** Absent when a setting is malformed. */
  readonly whole?: FileConfig;
  readonly #issues: core.$ZodIssue[];
  readonly #config: FileConfig;

  constructor(input: unknown) {
    const parsed = configSchema.safeParse(input, { error: describeConfigIssue });
    this.#issues = parsed.error?.issues ?? [];
    this.faults = this.#issues.flatMap(issueFaults);
    if (parsed.success) this.whole = parsed.data;
    this.#config = parsed.data ?? (forgivingSchema.parse(input) as FileConfig);
  }

  /** @returns the section, unless something in it is malformed */
  section<Name extends Section>(name: Name): FileConfig[Name] | undefined {
    return this.#isSound([name]) ? this.#config[name] : undefined;
  }

  /** @returns the trunks that have these settings well formed */
  trunks<Member extends keyof TrunkEntry>(...members: Member[]): Placed<Pick<TrunkEntry, Member>>[] {
    return this.#entries('trunks', members);
  }

  /** @returns the channels that have these settings well formed */
  channels<Member extends keyof ChannelEntry>(...members: Member[]): Placed<Pick<ChannelEntry, Member>>[] {
    return this.#entries('channels', members);
  }

  /** Whether every entry of the list has this setting well formed. */
  isComplete(list: List, member: string): boolean {
    return !this.#issues.some(
      ({ path: [name, , setting = member], code }) =>
        name === list && setting === member && code !== 'unrecognized_keys'
    );
  }

  #entries<Name extends List>(list: Name, members: PropertyKey[]): Placed<FileConfig[Name][number]>[] {
    return this.#config[list]
      .map((entry, at) => ({ ...entry, at }))
      .filter(({ at }) => members.every((member) => this.#isSound([list, at, member])));
  }

  /** A setting is malformed when it, what is around it or something within it is. */
  #isSound(path: readonly PropertyKey[]): boolean {
    return !this.#issues.some(
      (issue) =>
        (issue.code !== 'unrecognized_keys' || issue.path.length >= path.length) &&
        issue.path.every((step, i) => i >= path.length || step === path[i])
    );
  }
}

function issueFaults(issue: core.$ZodIssue): ConfigFault[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, message: issue.message }];
  return issue.keys.map((key) => ({ path: [...issue.path, key], message: issue.message }));
}

/** Leaves malformed settings out. */
const forgivingSchema = forgiving(
  configSchema.extend({ trunks: z.array(forgiving(trunkSchema)), channels: z.array(forgiving(channelSchema)) }),
  { trunks: [], channels: [] }
);

function forgiving(schema: z.ZodObject, otherwise: object = {}): z.ZodType {
  const members = Object.entries<z.ZodType>(schema.shape);
  const shape = members.map(([name, member]) => [name, member.catch((otherwise as Record<string, unknown>)[name])]);
  return z.object(Object.fromEntries(shape) as z.ZodRawShape).catch({ ...otherwise });
}
