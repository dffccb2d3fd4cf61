import { targetPolicyOf } from '../contracts/transfer-target';
import type { ConfigFault } from './faults';
import { bareNumber } from './login';
import { failoverFaults, presetFaults } from './parameter-faults';
import type { ChannelEntry, TrunkEntry } from './schema';
import type { Placed, Settings } from './settings';
import { sourcesOverlap } from './sources';
import { DEFAULTED_FROM, withTrunkDefaults } from './trunk-defaults';

/** What must hold between settings. Each check sees the entries whose settings that it reads are well formed. */
export function crossFaults(settings: Settings): ConfigFault[] {
  const channelTrunks = settings.channels('trunk');
  return [
    ...repeated(settings.trunks('id'), ({ id }) => id, 'trunks', 'id'),
    ...repeated(settings.channels('botId'), ({ botId }) => botId, 'channels', 'botId'),
    ...ambiguousLogins(settings.trunks('id', 'login', 'transport', ...DEFAULTED_FROM)),
    ...settings
      .trunks('register', 'keepAliveS', 'incoming', 'requireRegistered', ...DEFAULTED_FROM)
      .flatMap(trunkFaults),
    ...sharedTrunks(channelTrunks),
    ...(settings.isComplete('trunks', 'id') ? unknownTrunks(channelTrunks, settings.trunks('id')) : []),
    ...parameterFaults(settings),
    ...(settings.isComplete('channels', 'botId')
      ? unknownTransferChannels(settings.channels('presets'), settings.channels('botId'))
      : []),
    ...settings.channels('leg', 'mediaUri', 'webhook', 'connector', 'websocket', 'dialect').flatMap(legFaults),
  ];
}

function repeated<T extends Placed<object>>(
  entries: T[],
  keyOf: (entry: T) => string,
  list: string,
  member: string
): ConfigFault[] {
  return entries.flatMap((entry) => {
    const first = entries.find((other) => keyOf(other) === keyOf(entry));
    if (first === undefined || first === entry) return [];
    const message = `is the ${member} of ${list}[${first.at}] too (give each its own)`;
    return [{ path: [list, entry.at, member], message }];
  });
}

type Defaulted = (typeof DEFAULTED_FROM)[number];
type Login = Placed<Pick<TrunkEntry, 'id' | 'login' | 'transport' | Defaulted>>;

/** The login tells trunks apart: calls out of one source, and connections to one host. */
function ambiguousLogins(logins: Login[]): ConfigFault[] {
  const trunks = logins.map(withTrunkDefaults);
  return trunks.flatMap((trunk, i) => {
    const namesakes = trunks.slice(0, i).filter(({ login }) => bareNumber(login) === bareNumber(trunk.login));
    const twin = namesakes.find((other) => isSameConnection(trunk, other));
    if (twin) return [loginFault(trunk, `is the login of trunk ${twin.id} too, at the same host and port (change it)`)];
    const rival = namesakes.find((other) => sourcesOverlap(trunk.sources, other.sources));
    if (!rival) return [];
    const advice = 'change the login or the sources';
    return [loginFault(trunk, `is the login of trunk ${rival.id} too, and their sources overlap (${advice})`)];
  });
}

/** What a setting of a trunk needs beside it. */
function trunkFaults(
  entry: Placed<Pick<TrunkEntry, 'register' | 'keepAliveS' | 'incoming' | 'requireRegistered' | Defaulted>>
): ConfigFault[] {
  const { at, host, sources, register, keepAliveS, incoming, requireRegistered } = withTrunkDefaults(entry);
  const lacksHost = host === undefined;
  const path = (member: string): PropertyKey[] => ['trunks', at, member];
  return [
    ...(sources.length > 0 || !incoming
      ? []
      : [{ path: path('sources'), message: 'is missing (list where the trunk sends from, or set incoming: false)' }]),
    ...(requireRegistered && !register
      ? [{ path: path('requireRegistered'), message: 'the trunk does not register (add register)' }]
      : []),
    ...(register && lacksHost ? [{ path: path('register'), message: 'needs a host to register with (add host)' }] : []),
    ...(keepAliveS !== undefined && lacksHost
      ? [{ path: path('keepAliveS'), message: 'needs a host to ask (add host)' }]
      : []),
  ];
}

function loginFault({ at }: Placed<object>, message: string): ConfigFault {
  return { path: ['trunks', at, 'login'], message };
}

function isSameConnection({ host, transport }: Login, other: Login): boolean {
  if (host === undefined || other.host === undefined || transport !== other.transport) return false;
  const port = transport === 'tls' ? 5_061 : 5_060;
  return withPort(host, port) === withPort(other.host, port);
}

/** @param port default of the transport (RFC 3261 section 19.1.2) */
function withPort(host: string, port: number): string {
  return `${host.toLowerCase()}${/:\d+$/.test(host) ? '' : `:${port}`}`;
}

type ChannelTrunk = Placed<Pick<ChannelEntry, 'trunk'>>;

function sharedTrunks(channels: ChannelTrunk[]): ConfigFault[] {
  return channels.flatMap(({ at, trunk }) => {
    const first = channels.find((other) => other.trunk === trunk)?.at;
    if (first === undefined || first === at) return [];
    const message = `trunk ${trunk} has channels[${first}] already (give each trunk one channel at most)`;
    return [{ path: ['channels', at, 'trunk'], message }];
  });
}

function unknownTrunks(channels: ChannelTrunk[], trunks: Pick<TrunkEntry, 'id'>[]): ConfigFault[] {
  const ids = trunks.map(({ id }) => id);
  return channels
    .filter(({ trunk }) => !ids.includes(trunk))
    .map(({ at, trunk }) => ({
      path: ['channels', at, 'trunk'],
      message: `no trunk has the id ${trunk} (use one of ${ids.join(', ')})`,
    }));
}

/** A bot may err in it without harm to its call; here it would err in every call. */
function unknownTransferChannels(
  channels: Placed<Pick<ChannelEntry, 'presets'>>[],
  named: Pick<ChannelEntry, 'botId'>[]
): ConfigFault[] {
  const botIds = named.map(({ botId }) => botId);
  return channels
    .filter(({ presets: { transferChannel } }) => transferChannel !== undefined && !isOneOf(transferChannel, botIds))
    .map(({ at }) => ({
      path: ['channels', at, 'presets', 'transferChannel'],
      message: `no channel has this botId (use one of ${botIds.join(', ')})`,
    }));
}

function isOneOf(value: unknown, names: readonly string[]): boolean {
  return names.some((name) => name === value);
}

/** A bot is reached by its leg, by its webhook, by a connector or by its own WebSocket; its media by one URI. */
function legFaults({
  at,
  leg,
  mediaUri,
  webhook,
  connector,
  websocket,
  dialect,
}: Placed<Pick<ChannelEntry, 'leg' | 'mediaUri' | 'webhook' | 'connector' | 'websocket' | 'dialect'>>): ConfigFault[] {
  const path = (member: string): PropertyKey[] => ['channels', at, member];
  if (leg !== undefined && mediaUri !== undefined)
    return [{ path: path('mediaUri'), message: 'is for bots without a leg (leave one of the two out)' }];
  if (connector && webhook !== undefined)
    return [{ path: path('webhook'), message: 'the connector tells the bot already (leave one of the two out)' }];
  if (connector && dialect !== undefined && dialect !== 'bot-api')
    return [{ path: path('dialect'), message: 'a connector speaks the Bot API (leave it out)' }];
  if (leg !== undefined || webhook !== undefined || connector || websocket === true) return [];
  return [
    { path: path('botId'), message: 'the bot has neither leg nor webhook, connector or websocket (add one of them)' },
  ];
}

function parameterFaults(settings: Settings): ConfigFault[] {
  const policies = settings.trunks('id', 'preserveTelUri', 'allowTargets', 'denyTargets', ...DEFAULTED_FROM);
  return settings
    .channels('trunk', 'presets', 'connector', 'allowTargets', 'denyTargets')
    .flatMap(({ at, presets, connector, ...channel }) => {
      const trunk = policies.find(({ id }) => id === channel.trunk);
      const policy = trunk && targetPolicyOf({ trunk: withTrunkDefaults(trunk), channel });
      return [
        ...presetFaults(presets, ['channels', at, 'presets'], policy),
        ...failoverFaults(connector?.failover ?? {}, ['channels', at, 'connector', 'failover'], policy),
      ];
    });
}
