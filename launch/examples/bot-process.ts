import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { LaunchError } from '../launch-error';
import type { ExampleName, ExamplesPlan } from './plan';
import { adminPortOf, portOf } from './plan';

const BOTS = resolve(__dirname, '../../../examples/bots');

/** What each example hears in the end, in its framework's words. */
const STEPS: readonly (readonly [step: string, words: RegExp])[] = [
  ['that the first transfer failed', /^heard .*("failed"|"FAIL"|SIP\/2\.0 486)/],
  ['that the second was answered', /^heard .*("answered"|"SUCCESS"|SIP\/2\.0 200)/],
  ['the end', /^heard .*(conversationEnd|endOfConversation|"event":"(botH|h)angup"|BYE)/],
];

/** An example as a process of its own, and what it has heard. */
export class BotProcess {
  private heard = 0;
  private onHeard: () => void = () => undefined;
  private onListening: () => void = () => undefined;

  private constructor(private readonly child: ChildProcess) {}

  /** @throws LaunchError when it ends before it listens */
  static async start(name: ExampleName, plan: ExamplesPlan, say: (text: string) => void): Promise<BotProcess> {
    const env = {
      ...process.env,
      PORT: String(portOf(plan, name)),
      ADMIN_PORT: String(adminPortOf(plan)),
      TARGETS: plan.targets.join(','),
    };
    const child = spawn(process.execPath, [resolve(BOTS, `${name}.js`)], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const bot = new BotProcess(child);
    const isListening = new Promise<void>((listening) => (bot.onListening = listening));
    createInterface({ input: child.stdout }).on('line', (line) => bot.hear(line, say));
    const isGone = once(child, 'exit').then(() =>
      Promise.reject(new LaunchError(`examples/bots/${name}.js has ended`))
    );
    isGone.catch(() => undefined);
    await Promise.race([isListening, isGone]);
    return bot;
  }

  /** Resolves with what it did not hear in time. */
  async missed(withinMs: number): Promise<string[]> {
    const isDone = new Promise<void>((resolveDone) => (this.onHeard = resolveDone));
    if (this.heard < STEPS.length)
      await Promise.race([isDone, new Promise((late) => setTimeout(late, withinMs).unref())]);
    return STEPS.slice(this.heard).map(([step]) => step);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill();
    await exited;
  }

  private hear(line: string, say: (text: string) => void): void {
    say(`${' '.repeat(12)}bot     ${line}`);
    if (line === 'listening') this.onListening();
    if (STEPS[this.heard]?.[1].test(line)) this.heard += 1;
    if (this.heard === STEPS.length) this.onHeard();
  }
}
