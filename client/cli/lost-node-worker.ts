import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A worker process without SIP. */
export interface LostNodeWorker {
  /** Rejects when it ends by itself. */
  failed: Promise<never>;
  stop(): Promise<void>;
}

/** Beside the compiled client. */
const WORKER = path.join(__dirname, '../../worker/main.js');
const KEPT_LINES = 10;

/** Starts a worker process on the queue of a lost node and resolves when it is ready. It ends with this process. */
export async function startLostNodeWorker(node: string, configFile: string): Promise<LostNodeWorker> {
  const args = ['--enable-source-maps', WORKER, '--config', configFile, '--lost-node', node];
  const env = { ...process.env, EXIT_WITH_PARENT: '1' };
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout });
  const ready = new Promise<void>((resolve) =>
    output.on('line', (line) => {
      if (lines.push(line) > KEPT_LINES) lines.shift();
      if (line.includes('worker ready')) resolve();
    })
  );
  let isStopping = false;
  const exited = once(child, 'close');
  const failed = exited.then(async () => {
    if (isStopping) return new Promise<never>(() => undefined);
    throw new Error(`the worker for node ${node} has ended:\n${lines.join('\n')}`);
  });
  failed.catch(() => undefined);
  await Promise.race([ready, failed]);
  return {
    failed,
    stop: async () => {
      isStopping = true;
      child.kill('SIGTERM');
      await exited;
    },
  };
}
