import type { IncomingRequest } from '../../activities/sip/port';
import { contextName } from '../../activities/bot/read-and-name';
import type { Config } from '../../config/config';
import type { ConnectorEntry } from '../../config/connector-schema';
import type { CallInput, ChannelOfCall } from '../../contracts/call';
import { deriveCallId } from '../../contracts/call-id';
import type { ConnectorOfCall } from '../../contracts/connector';
import type { CallId } from '../../contracts/ids';
import type { SipHeaderField } from '../../contracts/transfer';
import type { Route } from './routing';
import { trunkOfCall } from '../trunks/trunk-of-call';

export function callIdOf({ sipCallId, fromTag, cseq, branch }: IncomingRequest): CallId {
  return deriveCallId({ sipCallId, fromTag, cseq, branch });
}

/** What a call's workflow is started with. */
export function callInput(
  request: IncomingRequest,
  callId: CallId,
  { trunk, channel }: Route,
  config: Config
): CallInput {
  const { sipCallId, fromTag, from, target } = request;
  const settled = { trunk: trunkOfCall(trunk), channel: channelOfCall(channel) };
  return {
    callId,
    node: config.node,
    ...settled,
    contextName: contextName(settled),
    invite: {
      transactionId: request.transactionId,
      sipCallId,
      remoteTag: fromTag,
      callee: target?.user ?? '',
      calleeHost: [target, request.to, from].map((uri) => uri?.host).find(Boolean) ?? 'localhost',
      caller: from.user,
      callerHost: from.host,
      ...(from.displayName === undefined ? {} : { callerDisplayName: from.displayName }),
      headers: passedHeaders(request, trunk.passHeaders),
      sdp: request.body,
    },
    apiUrl: `${config.api.publicUrl}/v1/calls/${callId}`,
    readsByActivity: true,
    withoutLocalActivities: true,
    ...config.calls,
    ...(config.records.push ? { pushesRecord: true } : {}),
  };
}

function channelOfCall(channel: Route['channel']): ChannelOfCall {
  const { botId, leg = channel.mediaUri, webhook, connector, allowTargets, denyTargets, attemptsPerHour } = channel;
  return {
    botId,
    ...(allowTargets === undefined ? {} : { allowTargets }),
    ...(denyTargets === undefined ? {} : { denyTargets }),
    ...(attemptsPerHour === undefined ? {} : { attemptsPerHour }),
    takesDtmf: channel.takesDtmf,
    ...(channel.transferProgress === true ? { transferProgress: true } : {}),
    ...(leg === undefined ? {} : { leg }),
    ...(webhook === undefined ? {} : { webhook }),
    ...(connector ? { connector: connectorOfCall(connector, botId) } : {}),
    presets: channel.presets,
    ...ownWords(channel),
  };
}

/** The file of the token stays here. */
function connectorOfCall(connector: ConnectorEntry, botId: string): ConnectorOfCall {
  const { url, bot = botId, websocket: offersWebSocket, timeoutMs, deadlineMs, allowOrigins, failover } = connector;
  return {
    ...{ url, bot, offersWebSocket, timeoutMs, deadlineMs },
    ...(allowOrigins === undefined ? {} : { allowOrigins }),
    ...(failover === undefined ? {} : { failover }),
  };
}

/** Left out of the call's input where it is the default. */
function ownWords({ dialect, language, sendEventsToBot }: Route['channel']): Partial<ChannelOfCall> {
  if (dialect === undefined || dialect === 'bot-api') return {};
  return {
    dialect,
    ...(language === undefined ? {} : { language }),
    ...(sendEventsToBot === undefined ? {} : { sendEventsToBot }),
  };
}

function passedHeaders(request: IncomingRequest, names: readonly string[]): SipHeaderField[] {
  return names.flatMap((name) => {
    const value = request.header(name);
    return value === undefined ? [] : [{ name, value }];
  });
}
