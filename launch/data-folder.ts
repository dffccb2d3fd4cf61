import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { LaunchError } from './launch-error';

const OWNER_MARK = /launch\/run\.js|launch\/(start|demo)\.js/;
/** What examples need to know of the running system. */
export const EXAMPLES_FILE = 'examples.json';

const LEFTOVER_GRACE_MS = 10_000;

interface Owner {
  supervisor: number;
  /** Pids of the services it started. */
  services: number[];
}

/** The folder that holds histories, records, logs and the generated secret; one supervisor at a time owns it. */
export class DataFolder {
  readonly database: string;
  readonly records: string;
  readonly secretFile: string;
  /** Store of the SIP server. */
  readonly sipStore: string;
  /** Token of the SIP server's control port, which the SIP server makes. */
  readonly controlTokenFile: string;
  readonly configFile: string;
  readonly examplesFile: string;
  readonly temporalProfile: string;
  private readonly ownerFile: string;
  private readonly services: number[] = [];

  private constructor(private readonly path: string) {
    this.database = join(path, 'temporal.db');
    this.records = join(path, 'records');
    this.secretFile = join(path, 'secret');
    this.controlTokenFile = join(path, 'control-token');
    this.sipStore = join(path, 'sip-server');
    this.configFile = join(path, 'durable-calls.yaml');
    this.examplesFile = join(path, EXAMPLES_FILE);
    this.temporalProfile = join(path, 'temporal.toml');
    this.ownerFile = join(path, 'supervisor.json');
  }

  /**
   * Makes the folder ours. A supervisor that was killed may have left services running, above all its Temporal server on the same
   * database: they are ended.
   */
  static async claim(path: string, say: (text: string) => void): Promise<DataFolder> {
    const folder = new DataFolder(resolve(path));
    mkdirSync(folder.records, { recursive: true });
    const owner = folder.owner();
    if (owner !== undefined && owner.supervisor !== process.pid && (await runs(owner.supervisor, OWNER_MARK)))
      throw new LaunchError(
        `${folder.path} is in use by another durable-calls (pid ${owner.supervisor}). Stop that one, or choose another folder with --data.`
      );
    for (const pid of owner?.services ?? []) await folder.endLeftover(pid, say);
    folder.write();
    folder.ensureSecret();
    return folder;
  }

  logFile(name: string): string {
    return join(this.path, 'logs', `${name}.log`);
  }

  /** Notes a service, so that it can be ended should we be killed. */
  noteService(pid: number): void {
    this.services.push(pid);
    this.write();
  }

  release(): void {
    rmSync(this.ownerFile, { force: true });
  }

  private owner(): Owner | undefined {
    if (!existsSync(this.ownerFile)) return undefined;
    try {
      return JSON.parse(readFileSync(this.ownerFile, 'utf8')) as Owner;
    } catch {
      return undefined;
    }
  }

  private write(): void {
    const owner: Owner = { supervisor: process.pid, services: this.services };
    writeFileSync(this.ownerFile, JSON.stringify(owner));
  }

  /** Reading and writing for its owner only. */
  private ensureSecret(): void {
    if (!existsSync(this.secretFile))
      writeFileSync(this.secretFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  }

  private async endLeftover(pid: number, say: (text: string) => void): Promise<void> {
    const isOurs = (): Promise<boolean> => runs(pid, `${this.path}/`);
    if (!(await isOurs())) return;
    say(`ending a service (pid ${pid}) that an earlier start left behind`);
    process.kill(pid, 'SIGTERM');
    const deadline = Date.now() + LEFTOVER_GRACE_MS;
    while (Date.now() < deadline) {
      if (!(await isOurs())) return;
      await delay(100);
    }
    process.kill(pid, 'SIGKILL');
  }
}

/** True when a process of that id runs and its command line matches. */
async function runs(pid: number, mark: string | RegExp): Promise<boolean> {
  const commandLine = await commandLineOf(pid);
  return typeof mark === 'string' ? commandLine.includes(mark) : mark.test(commandLine);
}

async function commandLineOf(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    const { stdout } = await promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)]);
    return stdout;
  } catch {
    return '';
  }
}
