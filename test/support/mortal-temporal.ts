import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { searchAttributeTypes } from '../../contracts/search-attributes';
import type { TemporalServer } from '../../launch/temporal-server';
import { startTemporalServer } from '../../launch/temporal-server';
import { freePort } from './free-port';

/** A Temporal server of a test's own that can hang, and die and come back with what it kept in its file. */
export class MortalTemporal {
  static async start(): Promise<MortalTemporal> {
    const cliPath = process.env['DURABLE_CALLS_TEMPORAL_CLI'];
    if (cliPath === undefined) throw new Error('No Temporal CLI: run the tests with `npm test`, which finds one.');
    const folder = await mkdtemp(path.join(tmpdir(), 'mortal-temporal-'));
    const options = { cliPath, port: await freePort(), dbFilename: path.join(folder, 'temporal.db') };
    const start = (): Promise<TemporalServer> =>
      startTemporalServer({ ...options, searchAttributes: searchAttributeTypes });
    return new MortalTemporal(folder, start, await start());
  }

  private constructor(
    private readonly folder: string,
    private readonly start: () => Promise<TemporalServer>,
    private server: TemporalServer
  ) {}

  get address(): string {
    return this.server.address;
  }

  /** SIGKILL, and the end of the process. */
  async kill(): Promise<void> {
    process.kill(this.server.pid, 'SIGKILL');
    await this.server.exited;
  }

  /** After `kill`. */
  async restart(): Promise<void> {
    this.server = await this.start();
  }

  /** SIGSTOP: it is there, and says nothing. */
  hang(): void {
    process.kill(this.server.pid, 'SIGSTOP');
  }

  /** SIGCONT: it goes on after `hang`. */
  goOn(): void {
    process.kill(this.server.pid, 'SIGCONT');
  }

  async close(): Promise<void> {
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
