import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './free-port';
import { WAIT_LIMIT_MS } from './limits';
import { PeerProcess } from './peer-process';
import { titleOf } from './sip-peer-message';
import type { Fits, SippMessage } from './sipp-trace';
import { parseSippTrace } from './sipp-trace';

const SCENARIOS = path.join(__dirname, '../sip/scenarios');
const POLL_MS = 20;

/** SIPp ends by itself after this time, and fails. */
const LIMIT_S = 60;

export interface SippOptions {
  /** Scenario file without `.xml`; `uac-*` calls, `uas-*` is called. */
  scenario: string;
  /** For `uac-*`: port of the SIP server on `host`, and the number to dial. */
  dials?: { port: number; number: string };
  /** How many calls to make or take. Default 1. */
  calls?: number;
  /** Calls per second. Default 1. */
  rate?: number;
  /** Loopback address of both ends. Default 127.0.0.1. */
  host?: '127.0.0.1' | '::1';
  /** Default udp. */
  transport?: 'udp' | 'tcp';
  /** Default: a free one. */
  port?: number;
}

interface SippResult {
  /** 0: every call went as the scenario says. */
  exitCode: number | null;
  messages: SippMessage[];
  /** What SIPp wrote of errors; empty when there were none. */
  errors: string;
}

/** SIPp running one scenario on loopback. */
export class Sipp {
  /** Resolves when SIPp has its sockets. */
  static async start(options: SippOptions): Promise<Sipp> {
    const folder = await mkdtemp(path.join(tmpdir(), 'sipp-'));
    const sipp = new Sipp(folder, options.port ?? (await freePort()), options);
    await sipp.#ready();
    return sipp;
  }

  readonly #process: PeerProcess;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly options: SippOptions
  ) {
    this.#process = new PeerProcess('sipp', this.#args(), 'sip-tester');
  }

  uri(user: string): string {
    return `sip:${user}@${this.#host}:${this.port}${this.options.transport === 'tcp' ? ';transport=tcp' : ''}`;
  }

  /** Every message so far, retransmissions included, in order. */
  async messages(): Promise<SippMessage[]> {
    return parseSippTrace(await this.#read('messages.log'));
  }

  /** Waits for a message that fits, past or future. Fails when SIPp ends without one; it ends by itself at its limit. */
  async until(what: string, fits: Fits): Promise<SippMessage> {
    for (;;) {
      const wasGone = this.#process.isGone;
      const found = (await this.messages()).find(fits);
      if (found) return found;
      if (wasGone) throw new Error(`${this.options.scenario} ended without ${what}\n${story(await this.finished())}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** What came of it, once SIPp has ended by itself. */
  async finished(): Promise<SippResult> {
    const exitCode = await this.#process.exited;
    return { exitCode, messages: await this.messages(), errors: await this.#read('errors.log') };
  }

  /** The messages, once SIPp has ended by itself. Fails unless every call went as the scenario says. */
  async succeeded(): Promise<SippMessage[]> {
    const result = await this.finished();
    if (result.exitCode !== 0) throw new Error(`${this.options.scenario} failed\n${story(result)}`);
    return result.messages;
  }

  async close(): Promise<void> {
    await this.#process.end('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }

  get #host(): string {
    const { host = '127.0.0.1' } = this.options;
    return host === '::1' ? `[${host}]` : host;
  }

  #args(): string[] {
    const { scenario, dials, calls = 1, rate = 1, transport = 'udp' } = this.options;
    return [
      ...(dials === undefined ? ['-s', 'peer'] : [`${this.#host}:${dials.port}`, '-s', dials.number]),
      ...['-sf', path.join(SCENARIOS, `${scenario}.xml`), '-t', transport === 'tcp' ? 't1' : 'u1'],
      ...['-i', this.#host, '-p', String(this.port), '-m', String(calls), '-r', String(rate)],
      ...['-nostdin', '-timeout', `${LIMIT_S}s`, '-timeout_error'],
      ...['-trace_msg', '-message_file', this.#file('messages.log')],
      ...['-trace_err', '-error_file', this.#file('errors.log')],
      ...['-trace_stat', '-stf', this.#file('statistics.csv')],
    ];
  }

  /** SIPp opens its statistics file after its sockets. */
  async #ready(): Promise<void> {
    const deadline = Date.now() + WAIT_LIMIT_MS;
    while (!(await exists(this.#file('statistics.csv')))) {
      if (this.#process.isGone || Date.now() > deadline) {
        const why = `${await this.#read('errors.log')}${this.#process.output}`;
        await this.close();
        throw new Error(`SIPp does not start ${this.options.scenario}: ${why}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** SIPp makes its files when it has something to write. */
  async #read(name: string): Promise<string> {
    return readFile(this.#file(name), 'utf8').catch(() => '');
  }

  #file(name: string): string {
    return path.join(this.folder, name);
  }
}

function story({ exitCode, messages, errors }: SippResult): string {
  const titles = messages.map((message) => `${message.direction} ${titleOf(message)}`).join(', ');
  return `exit code ${exitCode}; ${titles}\n${errors}`;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false
  );
}
