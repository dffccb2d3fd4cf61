import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface CertificateFiles {
  certFile: string;
  keyFile: string;
}

interface CertificateOptions {
  /** As in subjectAltName, such as `DNS:sip.example`. Default: both loopback addresses. */
  names?: string[];
  commonName?: string;
  /** Negative for one that is over. Default 2. */
  days?: number;
}

/** A certificate authority for one test, in a folder of its own; made with openssl. */
export class Authority {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'tls-'));
  private readonly issuer: CertificateFiles;

  constructor() {
    this.issuer = this.files('authority');
    const { certFile, keyFile } = this.issuer;
    openssl([...newKey(keyFile), '-x509', '-days', '2', '-subj', '/CN=test authority', '-out', certFile]);
  }

  get certFile(): string {
    return this.issuer.certFile;
  }

  /** Issues a certificate; one of the same name is replaced. */
  issue(name: string, { names, commonName = name, days = 2 }: CertificateOptions = {}): CertificateFiles {
    const files = this.files(name);
    const request = path.join(this.folder, `${name}.csr`);
    const extensions = path.join(this.folder, `${name}.ext`);
    const listed = names ?? ['IP:127.0.0.1', 'IP:::1'];
    writeFileSync(extensions, listed.length === 0 ? '' : `subjectAltName=${listed.join(',')}\n`);
    openssl([...newKey(files.keyFile), '-subj', `/CN=${commonName}`, '-out', request]);
    const signing = ['x509', '-req', '-in', request, '-CA', this.issuer.certFile, '-CAkey', this.issuer.keyFile];
    openssl([...signing, '-CAcreateserial', '-days', String(days), '-extfile', extensions, '-out', files.certFile]);
    return files;
  }

  /** What a peer of the test shows, and whom it trusts. */
  credentials({ certFile, keyFile }: CertificateFiles): { cert: Buffer; key: Buffer; ca: Buffer } {
    return { cert: readFileSync(certFile), key: readFileSync(keyFile), ca: readFileSync(this.certFile) };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private files(name: string): CertificateFiles {
    return { certFile: path.join(this.folder, `${name}.pem`), keyFile: path.join(this.folder, `${name}.key`) };
  }
}

function newKey(keyFile: string): string[] {
  return ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile];
}

function openssl(args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
