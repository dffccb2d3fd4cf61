import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import type { LoadClientProfileOptions } from '@temporalio/envconfig';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { CallsClientOptions } from './calls';
import { CallsClient } from './calls';
import { TemporalUnavailable } from './errors';
import { TrunksClient } from './trunks';

export interface ConnectOptions extends CallsClientOptions {
  /** Ms until a server that does not answer is given up. Default 5000. */
  connectTimeoutMs?: number;
  /** Where Temporal's settings are taken from. Default: `TEMPORAL_ADDRESS` and the rest, as the Temporal CLI takes them. */
  profile?: LoadClientProfileOptions;
}

export interface ConnectedCalls {
  calls: CallsClient;
  trunks: TrunksClient;
  connection: Connection;
  /** `host:port` of the Temporal server. */
  address: string;
  namespace: string;
  close(): Promise<void>;
}

/** After an outage of Temporal nobody should wait for gRPC's own back-off, which grows to two minutes. */
const RECONNECT_SOON = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 300 };

/** RESOURCE_EXHAUSTED (google.rpc.Code). */
const EXHAUSTED = 8;

/** Temporal's words for a moment: the call goes on in another run, or another query of it waits for the same workflow task. */
const PASSES_SOON = /workflow is closing|query buffer is full/;

/** Ms before the first repeat. */
function firstPauseMs({ code, details }: { code: number; details: string }): number {
  if (code === EXHAUSTED) return PASSES_SOON.test(details) ? 20 : 1_000;
  return 100;
}

/** How every connection of ours behaves while Temporal, or a call, does not answer for a moment. */
export const PATIENCE = {
  channelArgs: RECONNECT_SOON,
  interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ initialIntervalMs: firstPauseMs }))],
};

const DEFAULT_ADDRESS = '127.0.0.1:7233';

/**
 * Connects to Temporal.
 * @throws TemporalUnavailable when it does not answer, Error when its settings cannot be read
 */
export async function connectCalls({
  connectTimeoutMs = 5000,
  profile,
  ...options
}: ConnectOptions = {}): Promise<ConnectedCalls> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig(profile);
  const address = connectionOptions.address ?? DEFAULT_ADDRESS;
  const connection = await connected(address, () =>
    Connection.connect({
      ...connectionOptions,
      address,
      connectTimeout: connectTimeoutMs,
      ...PATIENCE,
    })
  );
  const client = new Client({ connection, namespace });
  const [calls, trunks] = [new CallsClient(client, options), new TrunksClient(client, options.deadlineMs)];
  return { calls, trunks, connection, address, namespace, close: () => connection.close() };
}

async function connected(address: string, connect: () => Promise<Connection>): Promise<Connection> {
  try {
    return await connect();
  } catch (err) {
    const reason = err instanceof Error ? err.message : String(err);
    throw new TemporalUnavailable(`Temporal at ${address} does not answer: ${reason}`, { cause: err });
  }
}
