import { isEdgeReading } from './edge-reading';
import type { LegName } from './ids';
import { LEG_KINDS } from './ids';
import type { RequestKey } from './leg';
import type {
  BotRefer,
  CallerAcknowledged,
  DialogEnded,
  DtmfReceived,
  MediaChanged,
  NodeLost,
  ReadPayload,
  ReferNotified,
  ReturnedCall,
  ReturnedGone,
} from './messages';

/** Whether a signal's payload is what it should be: signals can be sent by hand, and a malformed one must not stop a call. */

export function isDialogEnded(value: unknown): value is DialogEnded {
  return (
    isObject(value) &&
    isLegName(value['leg']) &&
    isOptional(value['dialogId'], isString) &&
    isOptional(value['request'], isRequestKey) &&
    isOptional(value['reason'], isString) &&
    isOptional(value['isLost'], isTrue)
  );
}

export function isReferNotified(value: unknown): value is ReferNotified {
  return (
    isObject(value) &&
    isLegName(value['leg']) &&
    isRequestKey(value['request']) &&
    isOptional(value['referCseq'], isNumber) &&
    isOptional(value['sipStatus'], isNumber) &&
    isOptional(value['reasonPhrase'], isString) &&
    isOptional(value['cause'], isNumber) &&
    isObject(value['subscription']) &&
    isString(value['subscription']['state'])
  );
}

export function isNodeLost(value: unknown): value is NodeLost {
  return isObject(value) && isOptional(value['reason'], isString);
}

export function isMediaChanged(value: unknown): value is MediaChanged {
  const isChange = (change: unknown): boolean =>
    isObject(change) && isLegName(change['leg']) && isString(change['localSdp']) && isString(change['remoteSdp']);
  return isObject(value) && Array.isArray(value['legs']) && value['legs'].every(isChange);
}

export function isCallerAcknowledged(value: unknown): value is CallerAcknowledged {
  return isObject(value) && isString(value['sdp']);
}

export function isDtmfReceived(value: unknown): value is DtmfReceived {
  return isObject(value) && isLegName(value['leg']) && isRequestKey(value['request']) && isString(value['digits']);
}

export function isBotRefer(value: unknown): value is BotRefer {
  return (
    isObject(value) && isNumber(value['referCseq']) && isObject(value['activity']) && isString(value['activity']['id'])
  );
}

export function isReadPayload(value: unknown): value is ReadPayload {
  return isObject(value) && isEdgeReading(value['edge']) && isOptional(value['referCseq'], isNumber);
}

export function isReturnedGone(value: unknown): value is ReturnedGone {
  return isObject(value) && isString(value['inviteId']);
}

export function isReturnedCall(value: unknown): value is ReturnedCall {
  if (!isObject(value) || !isObject(value['token']) || !isObject(value['invite'])) return false;
  const { token, trunks, uri, maxForwards, inviteId, invite } = value;
  return (
    isNumber(token['attempt']) &&
    isString(token['secret']) &&
    Array.isArray(trunks) &&
    isNumber(maxForwards) &&
    [uri, inviteId, invite['transactionId'], invite['sipCallId'], invite['remoteTag'], invite['sdp']].every(isString)
  );
}

export function isEndRequest(value: unknown): value is { reason?: string } {
  return isObject(value) && isOptional(value['reason'], isString);
}

function isLegName(value: unknown): value is LegName {
  return isObject(value) && LEG_KINDS.some((kind) => kind === value['kind']) && isNumber(value['attempt']);
}

function isRequestKey(value: unknown): value is RequestKey {
  return isObject(value) && isString(value['method']) && isString(value['remoteTag']) && isNumber(value['cseq']);
}

function isOptional(value: unknown, is: (value: unknown) => boolean): boolean {
  return value === undefined || is(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isTrue(value: unknown): value is true {
  return value === true;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
