import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { Transform } from 'node:stream';

const HOST = '127.0.0.1';

/** A way from one TCP port to another. Answers may come late on it, and it can fall silent as a network does that is gone: what is open stays open, and nothing passes. */
export class TcpWay {
  /** @param answersLateByMs what comes back along it is under way for this long */
  static async open({ answersLateByMs = 0 } = {}): Promise<TcpWay> {
    const way = new TcpWay(answersLateByMs);
    await new Promise<void>((resolve) => way.#server.listen(0, HOST, resolve));
    return way;
  }

  #to = 0;
  #pairs: [net.Socket, net.Socket][] = [];
  readonly #server = net.createServer((near) => this.#join(near));

  private constructor(private readonly answersLateByMs: number) {}

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
      near.unpipe().pause();
      far.unpipe().pause();
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
    far
      .on('error', () => undefined)
      .pipe(late(this.answersLateByMs), { end: false })
      .pipe(near, { end: false });
  }
}

/** Passes everything on in its order, so much later. */
function late(ms: number): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      setTimeout(() => this.push(chunk), ms);
      done();
    },
  });
}
