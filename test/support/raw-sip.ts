import dgram from 'node:dgram';
import net from 'node:net';

/** Sends bytes as they are, over UDP or one TCP connection, and collects the responses that come back. */
export class RawSip {
  private text = '';
  private wake: () => void = () => undefined;
  private isClosed = false;

  private constructor(
    readonly send: (bytes: Buffer) => void,
    readonly close: () => void
  ) {}

  static async open(protocol: 'udp' | 'tcp', port: number): Promise<RawSip> {
    return protocol === 'udp' ? RawSip.udp(port) : RawSip.tcp(port);
  }

  private static async udp(port: number): Promise<RawSip> {
    const socket = dgram.createSocket('udp4').on('message', (bytes) => raw.take(bytes));
    const raw = new RawSip(
      (bytes) => socket.send(bytes, port, '127.0.0.1'),
      () => void socket.close()
    );
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return raw;
  }

  private static async tcp(port: number): Promise<RawSip> {
    const socket = net.connect(port, '127.0.0.1').on('data', (bytes) => raw.take(bytes));
    const raw = new RawSip(
      (bytes) => void socket.write(bytes),
      () => void socket.destroy()
    );
    socket.on('error', () => undefined).on('close', () => raw.closed());
    await new Promise((resolve) => socket.once('connect', resolve));
    return raw;
  }

  /** Status codes of all final responses so far but those to OPTIONS of `probe`; repeated ones once. */
  get statuses(): number[] {
    const responses = this.text.split(/^SIP\/2\.0 /m).slice(1);
    const others = responses.filter((response) => !response.includes('Call-ID: probe-'));
    const statuses = others.map((response) => Number(response.slice(0, 3))).filter((status) => status >= 200);
    return [...new Set(statuses)];
  }

  /** Everything that came. */
  get received(): string {
    return this.text;
  }

  /** Waits for the next final response. */
  async answer(): Promise<number> {
    await this.until(() => this.statuses.length > 0);
    return this.statuses[0]!;
  }

  /** Everything that was sent before has been handled when this resolves. */
  async probe(): Promise<void> {
    const id = `probe-${Math.random()}`;
    const lines = ['OPTIONS sip:probe@127.0.0.1 SIP/2.0', `Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK${id};rport`];
    lines.push('From: <sip:probe@127.0.0.1>;tag=1', 'To: <sip:probe@127.0.0.1>', `Call-ID: ${id}`);
    this.send(Buffer.from([...lines, 'CSeq: 1 OPTIONS', 'Content-Length: 0', '', ''].join('\r\n')));
    await this.until(() => this.text.includes(`Call-ID: ${id}`));
  }

  /** Waits until the other side has closed the connection. */
  async end(): Promise<void> {
    while (!this.isClosed) await this.news();
  }

  private async until(isReached: () => boolean): Promise<void> {
    while (!isReached()) {
      if (this.isClosed) throw new Error(`the connection was closed; so far: ${this.text}`);
      await this.news();
    }
  }

  private news(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private take(bytes: Buffer): void {
    this.text += bytes.toString('latin1');
    this.wake();
  }

  private closed(): void {
    this.isClosed = true;
    this.wake();
  }
}
