import { Pseudonyms } from './pseudonyms';

/** A history in the JSON form of its protocol, as the Temporal CLI prints it and replays take it. */
export interface HistoryJson {
  events?: Record<string, unknown>[];
}

/** A payload that a codec has encoded: what stands in it cannot be replaced. */
export class EncodedHistory extends Error {
  override readonly name = 'EncodedHistory';
}

interface PayloadJson {
  metadata: { encoding?: string };
  data?: string;
}

/** Words of an enumeration, the names of events and headers: the workflow decides by them, and they name nobody. */
const KEPT_KEYS = new Set(
  (
    'kind type name status phase reasonCode evidence method by event stage state reach transferMethod byeWhileRinging dialect encoding source workflowType activityType markerName ' +
    'signalName eventType eventTime eventId'
  ).split(' ')
);

/** Fields of events, outside of payloads, that hold texts of ours or of the peers. */
const REPLACED_FIELDS = new Set([
  'message',
  'stackTrace',
  'workflowId',
  'protocolInstanceId',
  'acceptedRequestMessageId',
  'rejectedRequestMessageId',
  'updateId',
]);

/** What a bot or a preset may write as it likes, keys included. */
const FREE_KEYS = new Set('activityParams sessionParams presets parameters value metaData'.split(' '));

const IDENTITY = 'worker';
const TIMESTAMP = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/**
 * A copy in which numbers, names, addresses, texts and tokens are replaced, and which replays as the original does: commands, their order,
 * types and ids stay, and what was equal stays equal.
 * @param pseudonyms of all runs of one call; default: of this history alone
 * @throws EncodedHistory
 */
export function anonymousHistory(history: HistoryJson, pseudonyms: Pseudonyms = new Pseudonyms()): HistoryJson {
  return { ...history, events: (history.events ?? []).map((event) => anonymousEvent(event, pseudonyms)) };
}

function anonymousEvent(event: Record<string, unknown>, pseudonyms: Pseudonyms): Record<string, unknown> {
  return field(event, '', pseudonyms) as Record<string, unknown>;
}

/** What the SDK itself has written into a marker names versions and activities; only results and failures hold the call's data. */
function marker(details: Record<string, unknown>, pseudonyms: Pseudonyms): Record<string, unknown> {
  const entries = Object.entries(details).map(([key, value]): [string, unknown] => [
    key,
    key === 'result' ? field(value, key, pseudonyms) : value,
  ]);
  return Object.fromEntries(entries);
}

function field(value: unknown, key: string, pseudonyms: Pseudonyms): unknown {
  if (Array.isArray(value)) return value.map((item) => field(item, key, pseudonyms));
  if (isPayload(value)) return payload(value, key, pseudonyms);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([name, inner]): [string, unknown] => [
      name,
      name === 'details' && key === 'markerRecordedEventAttributes'
        ? marker(inner as Record<string, unknown>, pseudonyms)
        : field(inner, name, pseudonyms),
    ]);
    return Object.fromEntries(entries);
  }
  if (typeof value !== 'string') return value;
  if (key === 'identity') return IDENTITY;
  if (REPLACED_FIELDS.has(key)) return pseudonyms.of(value);
  return key === 'name' || key === 'normalName' ? queueName(value, pseudonyms) : value;
}

/** Types and queues share the key `name`; the names of sticky queues hold a host and a process. */
function queueName(name: string, pseudonyms: Pseudonyms): string {
  if (/^\d+@/.test(name)) return 'worker-sticky';
  return /-[a-z2-7]{16}$/.test(name) ? pseudonyms.of(name) : name;
}

function isPayload(value: unknown): value is PayloadJson {
  if (typeof value !== 'object' || value === null || !('metadata' in value)) return false;
  const { metadata } = value;
  return typeof metadata === 'object' && metadata !== null && 'encoding' in metadata;
}

function payload(given: PayloadJson, key: string, pseudonyms: Pseudonyms): PayloadJson {
  const encoding = Buffer.from(given.metadata.encoding ?? '', 'base64').toString();
  if (encoding === 'binary/null' || given.data === undefined) return given;
  if (encoding !== 'json/plain')
    throw new EncodedHistory(`a payload is encoded as ${encoding}: decode the history by your codec server first`);
  const value = parsed(Buffer.from(given.data, 'base64').toString());
  // The call took it for unreadable, as it does what is empty.
  if (value === undefined) return { ...given, data: '' };
  const kept = key === 'TemporalChangeVersion' ? value : content(value, key, pseudonyms);
  return { ...given, data: Buffer.from(JSON.stringify(kept)).toString('base64') };
}

/** Everything that is text is replaced unless it is known to name nobody. */
function content(value: unknown, key: string, pseudonyms: Pseudonyms, isFree = false): unknown {
  if (Array.isArray(value)) return value.map((item) => content(item, key, pseudonyms, isFree));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([name, inner]): [string, unknown] => [
      name,
      content(inner, name, pseudonyms, isFree || FREE_KEYS.has(name)),
    ]);
    return Object.fromEntries(entries);
  }
  if (typeof value !== 'string' || TIMESTAMP.test(value)) return value;
  const isKept = !isFree && KEPT_KEYS.has(key) && /^[A-Za-z][A-Za-z-]{0,39}$/.test(value);
  return isKept ? value : pseudonyms.of(value);
}

/** @returns undefined for what is no JSON, as a signal from outside may be */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
