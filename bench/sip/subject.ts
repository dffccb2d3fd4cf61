import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Child } from './child';

const dist = path.resolve(__dirname, '../..');

/** A server that is measured, with the application that answers its calls. */
export interface Subject {
  /** Where SIP goes, `host:port`. */
  target: string;
  /** Undefined when the server is not ours to look at. */
  pid: number | undefined;
  end(): Promise<void>;
}

/** A server that somebody else has started. */
export interface Foreign {
  host: string;
  port: number;
  secret: string;
  pid: number | undefined;
}

/** Our own server in a new process. */
export async function ownSubject({ withStore }: { withStore: boolean }): Promise<Subject> {
  const secret = randomBytes(12).toString('hex');
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  const store = withStore ? ['--store', path.join(folder, 'store')] : ['--no-store'];
  const ports = ['--listen', 'udp:127.0.0.1:0', '--admin', '127.0.0.1:0', '--control', 'off'];
  const options = [...ports, '--secret', secret, '--log-level', 'warn', ...store];
  const server = new Child(process.execPath, [path.join(dist, 'sip-server/main.js'), ...options]);
  const [, admin = ''] = await server.line(/applications on 127\.0\.0\.1:(\d+)/);
  const app = await answeringApp({ host: '127.0.0.1', port: Number(admin), secret });
  const end = async (): Promise<void> => {
    await Promise.all([app.child.end(), server.end()]);
    rmSync(folder, { recursive: true, force: true });
  };
  return { target: app.target, pid: server.pid, end };
}

export async function foreignSubject({ pid, ...server }: Foreign): Promise<Subject> {
  const app = await answeringApp(server);
  return { target: app.target, pid, end: () => app.child.end() };
}

/** Starts the application and learns from the server where its SIP port is. */
async function answeringApp(server: {
  host: string;
  port: number;
  secret: string;
}): Promise<{ child: Child; target: string }> {
  const args = [path.join(dist, 'bench/sip/answering-app.js'), server.host, String(server.port), server.secret];
  const child = new Child(process.execPath, args);
  const [, addresses, problem] = await child.line(/^(?:ready (.*)|failed (.*))$/m);
  const [, target] = /udp\/([^,]+)/.exec(addresses ?? '') ?? [];
  if (target !== undefined) return { child, target };
  await child.end();
  throw new Error(problem ?? `the server does not listen on UDP: ${addresses ?? ''}`);
}
