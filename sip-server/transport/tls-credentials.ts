import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { SecureContext, SecureContextOptions } from 'node:tls';
import type { Logger } from 'pino';
import type { Verification } from './peer-identity';

const lookEveryMs = 2000;

/** Files in PEM form. */
export interface TlsFiles {
  /** Our certificate, with those between it and the root behind it. */
  certFile: string;
  keyFile: string;
  /** Whom to trust. Default: the authorities that Node.js knows, `NODE_EXTRA_CA_CERTS` included. */
  caFile?: string | undefined;
}

export interface TlsSettings extends TlsFiles {
  verify: Verification;
}

/** A file that is missing or cannot be used; the message names it. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}

interface Loaded {
  options: SecureContextOptions;
  context: SecureContext;
  validTo: string;
}

/** What we show to peers and whom we trust; read again when the files change. Open connections keep what they began with. */
export class TlsCredentials {
  readonly verify: Verification;
  private loaded: Loaded;
  private readonly listeners: (() => void)[] = [];
  private readonly reloadChanged = (): void => this.reload();

  /** @throws CredentialsError */
  constructor(
    private readonly settings: TlsSettings,
    private readonly log: Logger
  ) {
    this.verify = settings.verify;
    this.loaded = load(settings);
  }

  /** For a server. */
  get options(): SecureContextOptions {
    return this.loaded.options;
  }

  /** For a client. */
  get context(): SecureContext {
    return this.loaded.context;
  }

  onReloaded(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Reads the files again. Unusable ones are logged, and the old credentials stay. */
  reload(): void {
    try {
      this.loaded = load(this.settings);
    } catch (error) {
      this.log.error({ reason: (error as Error).message }, 'TLS credentials cannot be reloaded, the old ones stay');
      return;
    }
    this.log.info({ validTo: this.loaded.validTo }, 'TLS credentials reloaded');
    for (const listener of this.listeners) listener();
  }

  /** Reloads whenever a file changes, seen within 2 s. */
  watch(): void {
    for (const file of this.files) watchFile(file, { interval: lookEveryMs, persistent: false }, this.reloadChanged);
  }

  unwatch(): void {
    for (const file of this.files) unwatchFile(file, this.reloadChanged);
  }

  private get files(): string[] {
    const { certFile, keyFile, caFile } = this.settings;
    return [certFile, keyFile, ...(caFile === undefined ? [] : [caFile])];
  }
}

function load({ certFile, keyFile, caFile }: TlsFiles): Loaded {
  const cert = read(certFile);
  const key = read(keyFile);
  const certificate = parsed(certFile, 'certificate', () => new X509Certificate(cert));
  const privateKey = parsed(keyFile, 'private key', () => createPrivateKey(key));
  const ca = caFile === undefined ? undefined : read(caFile);
  if (caFile !== undefined) parsed(caFile, 'certificate', () => new X509Certificate(ca ?? ''));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new CredentialsError(`the private key in ${keyFile} does not belong to the certificate in ${certFile}`);
  }
  const { validFrom, validTo } = certificate;
  if (Date.parse(validTo) <= Date.now())
    throw new CredentialsError(`the certificate in ${certFile} expired ${validTo}`);
  if (Date.parse(validFrom) > Date.now()) {
    throw new CredentialsError(`the certificate in ${certFile} is not valid before ${validFrom}`);
  }
  const options = { cert, key, ...(ca !== undefined && { ca }) };
  return { options, context: parsed(certFile, 'certificate chain', () => createSecureContext(options)), validTo };
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CredentialsError(`cannot read ${file}: ${(error as Error).message}`);
  }
}

function parsed<T>(file: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new CredentialsError(`${file} holds no usable ${what}: ${(error as Error).message}`);
  }
}
