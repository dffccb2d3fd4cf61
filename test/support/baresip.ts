import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './free-port';
import { WAIT_LIMIT_MS } from './limits';
import { PeerProcess } from './peer-process';

const POLL_MS = 20;

/** User part of the address that it takes calls at. */
export const PHONE_USER = 'phone';

/** Where Debian's baresip-core has its modules. */
const MODULES = process.env['BARESIP_MODULES'] ?? '/usr/lib/baresip/modules';

export interface BaresipOptions {
  /** What it dials as soon as it is up. */
  dials?: string;
  /** Answers every call. Default false. */
  answers?: boolean;
  /** Registers there. */
  registrar?: { login: string; password: string; port: number };
  /** Default: a free one. */
  port?: number;
  /** Makes it listen on TLS, at the port behind its own, and say so in its Contact. */
  tls?: BaresipTls;
}

interface BaresipTls {
  cert: Buffer;
  key: Buffer;
  /** File with whom it trusts. */
  caFile: string;
}

/** The softphone baresip, without sound hardware, on 127.0.0.1. */
export class Baresip {
  /** Resolves when it can call and be called. */
  static async start({ dials, answers = false, registrar, port, tls }: BaresipOptions): Promise<Baresip> {
    const folder = await mkdtemp(path.join(tmpdir(), 'baresip-'));
    const ownPort = port ?? (await freePort({ isNextFree: tls !== undefined }));
    const transport = tls === undefined ? '' : ';transport=tls';
    const address = registrar
      ? `<sip:${registrar.login}@127.0.0.1:${registrar.port}>;auth_pass=${registrar.password};regint=60`
      : `<sip:${PHONE_USER}@127.0.0.1:${ownPort}${transport}>;regint=0`;
    const account = `${address}${answers ? ';answermode=auto' : ''}`;
    const certificate = path.join(folder, 'certificate.pem');
    if (tls !== undefined) await writeFile(certificate, Buffer.concat([tls.cert, tls.key]));
    const tlsLines = tls === undefined ? [] : [`sip_certificate ${certificate}`, `sip_cafile ${tls.caFile}`];
    await writeFile(path.join(folder, 'config'), config(ownPort, tlsLines));
    await writeFile(path.join(folder, 'accounts'), `${account}\n`);
    await writeFile(path.join(folder, 'contacts'), '');
    const phone = new Baresip(folder, dials);
    try {
      await phone.until(/baresip is ready/);
      return phone;
    } catch (error) {
      await phone.close();
      throw error;
    }
  }

  readonly #process: PeerProcess;

  private constructor(
    private readonly folder: string,
    dials: string | undefined
  ) {
    const commands = dials === undefined ? [] : ['-e', `/dial ${dials}`];
    this.#process = new PeerProcess('baresip', ['-f', folder, ...commands], 'baresip-core');
  }

  /** Waits for what it prints. */
  async until(line: RegExp): Promise<void> {
    for (const deadline = Date.now() + WAIT_LIMIT_MS; !line.test(this.#process.output);) {
      if (this.#process.isGone || Date.now() > deadline)
        throw new Error(`baresip did not print ${line}: ${this.#process.output}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Ends its calls with BYE, then itself. */
  async hangUp(): Promise<void> {
    await this.#process.end('SIGTERM');
  }

  async close(): Promise<void> {
    await this.#process.end('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** It says what it hears, without sound hardware; the loopback address, so that it works without a network. */
function config(port: number, more: readonly string[]): string {
  const lines = [
    `module_path ${MODULES}`,
    `sip_listen 127.0.0.1:${port}`,
    'net_interface 127.0.0.1',
    'rtp_ports 10000-15999',
    'audio_source aubridge,nil',
    'audio_player aubridge,nil',
    'audio_alert aubridge,nil',
    'module g711.so',
    'module aubridge.so',
    'module_app account.so',
    'module_app menu.so',
    'module_tmp uuid.so',
    ...more,
  ];
  return `${lines.join('\n')}\n`;
}
