import { LRUCache } from 'lru-cache';
import type { ReadActivities } from '../../contracts/activities-read';
import type { CallInput } from '../../contracts/call';
import type { EdgeReading, Said } from '../../contracts/edge-reading';
import { asOf, NO_PARAMS } from '../../contracts/edge-reading';
import type { CallReading } from '../../contracts/messages';
import { ofRefer, paramsAfter, readContextOf } from '../../contracts/read-context';
import { within } from '../within';
import { readAndName } from './read-and-name';
import type { TrunkOfChannel } from './transfer-trunk';

/** A call that does not say in this time, in ms, what its bot's words are read by gets them unread. */
const ASK_LIMIT_MS = 300;

/** Payload and reading together, in characters of JSON: more is read by the call's activity, so that its history does not hold it twice. */
const EDGE_LENGTH = 16_384;

/** What is known of calls: for so long, in ms, since other processes may have read something meanwhile, and of so many characters of JSON. */
const KNOWN_MS = 60_000;
const KNOWN_LENGTH = 16_777_216;

export interface EdgeReaderOptions {
  /** The SIP node of this process. */
  node: string;
  /** Finds what `transferChannel` names, for calls of this node. */
  trunkOf: TrunkOfChannel;
  /** Asks a call. */
  ask: (callId: string) => Promise<CallReading>;
}

interface Words {
  /** They are those of a REFER. Default false. */
  isRefer?: boolean;
}

/**
 * Reads what bots send where it comes in, which saves the call an activity and a workflow task. It need not be right about the call: a reading
 * says in which context it was made, and the call reads anew unless that is its own.
 */
export class EdgeReader {
  readonly #known: LRUCache<string, CallReading>;

  constructor(private readonly options: EdgeReaderOptions) {
    this.#known = new LRUCache({
      ttl: KNOWN_MS,
      maxSize: KNOWN_LENGTH,
      sizeCalculation: (reading) => JSON.stringify(reading).length,
      fetchMethod: (callId) => options.ask(callId),
    });
  }

  /** A call begins here: it need not be asked. */
  begins(input: CallInput): void {
    const { node, contextName } = input;
    if (contextName === undefined) return;
    this.#known.set(input.callId, { node, contextName, paramsName: NO_PARAMS, context: readContextOf(input, {}) });
  }

  /** @returns undefined for what the call has to read itself */
  async read(callId: string, payload: unknown, words?: Words): Promise<EdgeReading | undefined> {
    const [reading] = await this.readInOrder(callId, [payload], words);
    return reading;
  }

  /** Reads payloads, each with the parameters that those before it leave. */
  async readInOrder(
    callId: string,
    payloads: readonly unknown[],
    words: Words = {}
  ): Promise<(EdgeReading | undefined)[]> {
    let known = await this.#ask(callId);
    if (known?.node !== this.options.node) return payloads.map(() => undefined);
    const readings: (EdgeReading | undefined)[] = [];
    for (const payload of payloads) {
      const edge = this.#readIn(known, payload, words);
      readings.push(edge && isShort(payload, edge) ? edge : undefined);
      known = edge ? after(known, edge.reading) : known;
    }
    this.#known.set(callId, known, { noUpdateTTL: true });
    return readings;
  }

  #readIn(
    { contextName, paramsName, context }: CallReading,
    payload: unknown,
    { isRefer = false }: Words
  ): EdgeReading | undefined {
    const name = asOf(contextName, paramsName);
    if (name === undefined) return undefined;
    return { asOf: name, reading: readAndName(payload, isRefer ? ofRefer(context) : context, this.options.trunkOf) };
  }

  async #ask(callId: string): Promise<CallReading | undefined> {
    try {
      return await within(ASK_LIMIT_MS, this.#known.fetch(callId));
    } catch {
      return undefined;
    }
  }
}

/** What a bot said, read where there is a reader. */
export async function saidBy(
  reader: Pick<EdgeReader, 'readInOrder'> | undefined,
  callId: string,
  payloads: readonly unknown[]
): Promise<Said[]> {
  const readings = (await reader?.readInOrder(callId, payloads)) ?? [];
  return payloads.map((payload, i) => {
    const edge = readings[i];
    return edge ? { payload, edge } : { payload };
  });
}

/** What holds after that. */
function after(known: CallReading, reading: ReadActivities): CallReading {
  if ('faults' in reading || reading.paramsName === undefined || reading.paramsName === known.paramsName) return known;
  const { sessionParams: before = {} } = known.context;
  const sessionParams = paramsAfter(before, reading.sessionParams);
  return { ...known, paramsName: reading.paramsName, context: { ...known.context, sessionParams } };
}

function isShort(payload: unknown, reading: EdgeReading): boolean {
  return JSON.stringify({ payload, reading }).length <= EDGE_LENGTH;
}
