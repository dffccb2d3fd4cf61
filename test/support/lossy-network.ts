import dgram from 'node:dgram';

const HOST = '127.0.0.1';

/** Shares of the datagrams, between 0 and 1. */
export interface NetworkFaults {
  lost: number;
  doubled: number;
  /** Those that come up to 100 ms late, so that later ones overtake them. */
  late: number;
}

/** A network between UDP peers that loses, doubles and delays datagrams, by chance from a seed. */
export class LossyNetwork {
  readonly counts = { passed: 0, lost: 0, doubled: 0, late: 0 };
  private readonly sockets: dgram.Socket[] = [];
  private state: number;

  /** @param seed 32 bits */
  constructor(
    readonly seed: number,
    private readonly faults: NetworkFaults
  ) {
    this.state = seed;
  }

  /** A port that leads to another one, and back to whoever sent to it. */
  async wayTo(port: number): Promise<number> {
    const front = await this.open();
    const backs = new Map<number, Promise<dgram.Socket>>();
    front.on('message', (bytes, { port: source }) => {
      const known = backs.get(source) ?? this.open();
      if (!backs.has(source)) {
        backs.set(source, known);
        void known.then((back) => back.on('message', (answer) => this.pass(() => front.send(answer, source, HOST))));
      }
      void known.then((back) => this.pass(() => back.send(bytes, port, HOST)));
    });
    return front.address().port;
  }

  async close(): Promise<void> {
    await Promise.all(this.sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
    this.sockets.length = 0;
  }

  private async open(): Promise<dgram.Socket> {
    const socket = dgram.createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, HOST, () => resolve()));
    this.sockets.push(socket);
    return socket;
  }

  private pass(send: () => void): void {
    const { lost, doubled, late } = this.faults;
    if (this.random() < lost) {
      this.counts.lost++;
      return;
    }
    this.counts.passed++;
    const isDoubled = this.random() < doubled;
    if (isDoubled) this.counts.doubled++;
    for (let copies = isDoubled ? 2 : 1; copies > 0; copies--) this.sendSoon(send, this.random() < late);
  }

  private sendSoon(send: () => void, isLate: boolean): void {
    if (!isLate) {
      send();
      return;
    }
    this.counts.late++;
    const guarded = (): void => {
      if (this.sockets.length > 0) send();
    };
    setTimeout(guarded, this.random() * 100);
  }

  /** Between 0 and 1: the generator "mulberry32". */
  private random(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
