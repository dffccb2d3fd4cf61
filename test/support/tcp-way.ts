import net from 'node:net';
import type { AddressInfo } from 'node:net';

const HOST = '127.0.0.1';

/** A way from one TCP port to another. It can fall silent as a network does that is gone: what is open stays open, and nothing passes. */
export class TcpWay {
  static async open(): Promise<TcpWay> {
    const way = new TcpWay();
    await new Promise<void>((resolve) => way.#server.listen(0, HOST, resolve));
    return way;
  }

  #to = 0;
  #pairs: [net.Socket, net.Socket][] = [];
  readonly #server = net.createServer((near) => this.#join(near));

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** @returns the port that leads there */
  leadTo = (port: number): number => {
    this.#to = port;
    return this.port;
  };

  /** Nothing passes any more on the connections that are open. New ones are as they should be. */
  fallSilent(): void {
    for (const [near, far] of this.#pairs) {
      near.unpipe(far).pause();
      far.unpipe(near).pause();
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#pairs.flat()) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(near: net.Socket): void {
    const far = net.connect(this.#to, HOST);
    this.#pairs.push([near, far]);
    // The end of one side says nothing to the other one.
    near.on('error', () => undefined).pipe(far, { end: false });
    far.on('error', () => undefined).pipe(near, { end: false });
  }
}
