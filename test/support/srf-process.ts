import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

type Event = [what: string, detail?: string];

/** `srf-application.js` in a process that can be stopped and go on. */
export class SrfProcess {
  private readonly child;
  private readonly events: Event[] = [];
  private readonly waiting = new Set<() => void>();

  private constructor(args: readonly string[]) {
    const script = path.join(__dirname, 'srf-application.js');
    this.child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface(this.child.stdout).on('line', (line) => {
      this.events.push(JSON.parse(line) as Event);
      for (const wake of this.waiting) wake();
    });
  }

  /** Resolves once it is connected. */
  static async start(
    server: { admin: { port: number } },
    secret: string,
    name: string,
    pingMs?: number
  ): Promise<SrfProcess> {
    const ping = pingMs === undefined ? [] : [String(pingMs)];
    const application = new SrfProcess([String(server.admin.port), secret, name, ...ping]);
    await application.told('connected');
    return application;
  }

  /** The detail of the first such event, from the past or the future; with `about`, of the first with that detail. */
  async told(what: string, about?: string): Promise<string> {
    for (;;) {
      const event = this.events.find(([name, detail]) => name === what && (about === undefined || detail === about));
      if (event !== undefined) return event[1] ?? '';
      await new Promise<void>((resolve) => this.waiting.add(resolve));
      this.waiting.clear();
    }
  }

  count(what: string, detail: string): number {
    return this.events.filter((event) => event[0] === what && event[1] === detail).length;
  }

  /** Hangs: the process keeps its connections and does nothing. */
  stop(): void {
    this.child.kill('SIGSTOP');
  }

  goOn(): void {
    this.child.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }
}
