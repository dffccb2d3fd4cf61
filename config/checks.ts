import { isIP } from 'node:net';
import type { TargetPolicy } from '../contracts/transfer-target';
import { targetPolicyOf } from '../contracts/transfer-target';
import type { ConfigFault } from './faults';
import { isRefusedByFetch, REFUSED_PORT } from './fetch-ports';
import { bareNumber } from './login';
import { failoverFaults, presetFaults } from './parameter-faults';
import type { ChannelEntry, FileConfig, TrunkEntry } from './schema';
import { isWithin, sourcesOverlap } from './sources';

/** A trunk with its defaults filled in, as far as the checks look at it. */
type CheckedTrunk = TargetPolicy & Omit<TrunkEntry, 'sources' | 'allowTargets'> & { sources: string[] };

/** What must hold between settings that are well formed each for itself. */
export function crossFaults(config: Omit<FileConfig, 'trunks'> & { trunks: CheckedTrunk[] }): ConfigFault[] {
  const { trunks, channels } = config;
  return [
    ...repeated(trunks, (trunk) => trunk.id, 'trunks', 'id'),
    ...repeated(channels, (channel) => channel.botId, 'channels', 'botId'),
    ...ambiguousLogins(trunks),
    ...trunks.flatMap(trunkFaults),
    ...trunks.flatMap(({ id }) => channelCountFaults(id, channels)),
    ...channels.flatMap((channel, i) => unknownTrunk(channel, i, trunks)),
    ...channels.flatMap((channel, i) => parameterFaults(channel, i, trunks)),
    ...channels.flatMap((channel, i) => unknownTransferChannel(channel, i, channels)),
    ...channels.flatMap(legFaults),
  ];
}

/** Who reaches the API transfers calls at the operator's cost, so beyond loopback it needs a token. */
export function exposureFaults(host: string, hasToken: boolean): ConfigFault[] {
  if (hasToken || isLoopback(host)) return [];
  const toDo = 'set DURABLE_CALLS_API_TOKEN or api.tokenFile, or listen on 127.0.0.1';
  return [{ path: ['api', 'host'], message: `${host} is not loopback and the API has no token (${toDo})` }];
}

/** Bots are told where the API is with each call, so it must follow from the configuration, and be a place that they can call. */
export function publicUrlFaults({ host, port, publicUrl }: FileConfig['api']): ConfigFault[] {
  if (publicUrl !== undefined) return [];
  if (isRefusedByFetch(port)) return [{ path: ['api', 'port'], message: `${port} is ${REFUSED_PORT}` }];
  if (port !== 0 && !WILDCARDS.has(host)) return [];
  const [member, value] = port === 0 ? ['port', port] : ['host', host];
  return [{ path: ['api', member], message: `${value} does not say where bots reach the API (set api.publicUrl)` }];
}

const WILDCARDS = new Set(['0.0.0.0', '::']);

function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIP(host) > 0 && isWithin(host, ['127.0.0.0/8', '::1']));
}

function repeated<T>(entries: T[], keyOf: (entry: T) => string, list: string, member: string): ConfigFault[] {
  return entries.flatMap((entry, i) => {
    const first = entries.findIndex((other) => keyOf(other) === keyOf(entry));
    if (first === i) return [];
    return [{ path: [list, i, member], message: `is the ${member} of ${list}[${first}] too (give each its own)` }];
  });
}

/** The login tells trunks apart: calls out of one source, and connections to one host. */
function ambiguousLogins(trunks: CheckedTrunk[]): ConfigFault[] {
  return trunks.flatMap((trunk, i) => {
    const namesakes = trunks.slice(0, i).filter(({ login }) => bareNumber(login) === bareNumber(trunk.login));
    const twin = namesakes.find((other) => isSameConnection(trunk, other));
    if (twin) return [loginFault(i, `is the login of trunk ${twin.id} too, at the same host and port (change it)`)];
    const rival = namesakes.find((other) => sourcesOverlap(trunk.sources, other.sources));
    if (!rival) return [];
    const advice = 'change the login or the sources';
    return [loginFault(i, `is the login of trunk ${rival.id} too, and their sources overlap (${advice})`)];
  });
}

/** What a setting of a trunk needs beside it. */
function trunkFaults(
  { host, sources, register, keepAliveS, incoming, ...trunk }: CheckedTrunk,
  i: number
): ConfigFault[] {
  const lacksHost = host === undefined;
  const path = (member: string): PropertyKey[] => ['trunks', i, member];
  return [
    ...(sources.length > 0 || !incoming
      ? []
      : [{ path: path('sources'), message: 'is missing (list where the trunk sends from, or set incoming: false)' }]),
    ...(trunk.requireRegistered && !register
      ? [{ path: path('requireRegistered'), message: 'the trunk does not register (add register)' }]
      : []),
    ...(register && lacksHost ? [{ path: path('register'), message: 'needs a host to register with (add host)' }] : []),
    ...(keepAliveS !== undefined && lacksHost
      ? [{ path: path('keepAliveS'), message: 'needs a host to ask (add host)' }]
      : []),
  ];
}

function loginFault(i: number, message: string): ConfigFault {
  return { path: ['trunks', i, 'login'], message };
}

function isSameConnection({ host, transport }: CheckedTrunk, other: CheckedTrunk): boolean {
  if (host === undefined || other.host === undefined || transport !== other.transport) return false;
  return withPort(host) === withPort(other.host);
}

function withPort(host: string): string {
  return `${host.toLowerCase()}${/:\d+$/.test(host) ? '' : ':5060'}`;
}

function channelCountFaults(trunkId: string, channels: ChannelEntry[]): ConfigFault[] {
  const [first, ...more] = channels.flatMap(({ trunk }, place) => (trunk === trunkId ? [place] : []));
  return more.map((place) => ({
    path: ['channels', place, 'trunk'],
    message: `trunk ${trunkId} has channels[${first}] already (give each trunk one channel at most)`,
  }));
}

function unknownTrunk({ trunk }: ChannelEntry, i: number, trunks: CheckedTrunk[]): ConfigFault[] {
  if (trunks.some(({ id }) => id === trunk)) return [];
  const message = `no trunk has the id ${trunk} (use one of ${trunks.map(({ id }) => id).join(', ')})`;
  return [{ path: ['channels', i, 'trunk'], message }];
}

/** A bot may err in it without harm to its call; here it would err in every call. */
function unknownTransferChannel({ presets }: ChannelEntry, i: number, channels: ChannelEntry[]): ConfigFault[] {
  const { transferChannel: named } = presets;
  if (named === undefined || channels.some(({ botId }) => botId === named)) return [];
  const message = `no channel has this botId (use one of ${channels.map(({ botId }) => botId).join(', ')})`;
  return [{ path: ['channels', i, 'presets', 'transferChannel'], message }];
}

/** A bot is reached by its leg, by its webhook, by a connector or by its own WebSocket; its media by one URI. */
function legFaults({ leg, mediaUri, webhook, connector, websocket, dialect }: ChannelEntry, i: number): ConfigFault[] {
  const path = (member: string): PropertyKey[] => ['channels', i, member];
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

function parameterFaults(channel: ChannelEntry, i: number, trunks: CheckedTrunk[]): ConfigFault[] {
  const { presets, connector, trunk: trunkId } = channel;
  const trunk = trunks.find(({ id }) => id === trunkId);
  const policy = trunk && targetPolicyOf({ trunk, channel });
  return [
    ...presetFaults(presets, ['channels', i, 'presets'], policy),
    ...failoverFaults(connector?.failover ?? {}, ['channels', i, 'connector', 'failover'], policy),
  ];
}
