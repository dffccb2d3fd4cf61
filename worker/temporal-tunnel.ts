import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const DEFAULT_PORT = 7233;

/** Ms between two attempts to reach a Temporal that is away. */
const TRY_EVERY_MS = 100;

/** An attempt that nobody answers or refuses ends after so long, in ms. */
const TRY_LIMIT_MS = 2_000;

/**
 * A port on loopback that leads to Temporal, for the Temporal SDK of this process. While Temporal is away the SDK asks for tasks in ever longer
 * pauses, up to 10 s, that cannot be set; through the tunnel it has a connection that only does not answer yet, until Temporal is back.
 */
export class TemporalTunnel {
  /** @param address of Temporal, `host[:port]` */
  static async open(address: string): Promise<TemporalTunnel> {
    const tunnel = new TemporalTunnel(address);
    await once(tunnel.#server.listen(0, '127.0.0.1'), 'listening');
    return tunnel;
  }

  /** Name or address of Temporal's host. */
  readonly host: string;
  /** False: a connection ends at once when Temporal is away. At first false. */
  waits = false;

  readonly #port: number;
  readonly #server = createServer({ noDelay: true }, (near) => void this.#lead(near)).unref();

  private constructor(address: string) {
    const { hostname, port } = new URL(`tcp://${address}`);
    this.host = hostname.replace(/^\[|\]$/g, '');
    this.#port = port === '' ? DEFAULT_PORT : Number(port);
  }

  /** Where it begins, `host:port`. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Takes no connection any more, and waits for nothing; the connections that lead to Temporal stay. */
  close(): void {
    this.waits = false;
    this.#server.close();
  }

  async #lead(near: Socket): Promise<void> {
    near.on('error', () => near.destroy());
    const far = await this.#reach(near);
    if (far) join(near, far);
    else near.destroy();
  }

  /** @returns undefined when nobody waits any more, or Temporal is away and should not be waited for */
  async #reach(near: Socket): Promise<Socket | undefined> {
    while (!near.destroyed) {
      const far = connect({ host: this.host, port: this.#port, noDelay: true });
      try {
        await once(far, 'connect', { signal: AbortSignal.timeout(TRY_LIMIT_MS) });
        return far;
      } catch {
        far.destroy();
        if (!this.waits) return undefined;
        await delay(TRY_EVERY_MS);
      }
    }
    return undefined;
  }
}

/** What comes from one goes to the other; when one is gone, so is the other. */
function join(near: Socket, far: Socket): void {
  far.on('error', () => far.destroy());
  near.on('close', () => far.destroy());
  far.on('close', () => near.destroy());
  near.pipe(far).pipe(near);
}
