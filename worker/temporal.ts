import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { NativeConnection } from '@temporalio/worker';
import { PATIENCE } from '../client/connect';
import { TemporalTunnel } from './temporal-tunnel';

const DEFAULT_ADDRESS = '127.0.0.1:7233';

/** The worker's two connections to Temporal. */
export interface Temporal {
  /** The SDK's, for tasks. */
  native: NativeConnection;
  /** Ours, for everything else. */
  connection: Connection;
  client: Client;
  namespace: string;
  /** From now on nothing waits for a Temporal that is away. */
  stopWaiting(): void;
  close(): Promise<void>;
}

/** Connects as the environment says. @throws Error when Temporal is not there */
export async function connectToTemporal(): Promise<Temporal> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const tunnel = await TemporalTunnel.open(connectionOptions.address ?? DEFAULT_ADDRESS);
  const [native, connection] = await Promise.all([
    connectThrough(tunnel, connectionOptions),
    Connection.connect({ ...connectionOptions, ...PATIENCE }),
  ]);
  tunnel.waits = true;
  return {
    ...{ native, connection, namespace },
    client: new Client({ connection, namespace }),
    stopWaiting: () => (tunnel.waits = false),
    close: async () => {
      await Promise.all([native.close(), connection.close()]);
      tunnel.close();
    },
  };
}

/** Through the tunnel; where a proxy on the way to Temporal looks at the name that HTTP/2 carries and does not know the tunnel's, directly. */
async function connectThrough(tunnel: TemporalTunnel, options: NativeConnectionOptions): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect({ ...options, ...knownAs(tunnel.host, options), address: tunnel.address });
  } catch {
    return NativeConnection.connect(options);
  }
}

/** With TLS the server is asked for by its own name, whatever address leads to it. */
function knownAs(host: string, { tls, apiKey }: NativeConnectionOptions): Pick<NativeConnectionOptions, 'tls'> {
  if (!(tls ?? apiKey)) return {};
  const settings = typeof tls === 'object' ? tls : {};
  return { tls: { ...settings, serverNameOverride: settings?.serverNameOverride ?? host } };
}
