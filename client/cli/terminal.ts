import type { ConnectedCalls } from '../connect';
import type { LostNodeWorker } from './lost-node-worker';

/** What commands use of the process around them. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Everything on standard input. */
  readInput(): Promise<string>;
  connect(): Promise<ConnectedCalls>;
  /** Starts a worker that lets the calls of a lost node end. @param configFile of a worker: where records go */
  serveLostNode(node: string, configFile: string): Promise<LostNodeWorker>;
  env: NodeJS.ProcessEnv;
}

/** Prints a line of JSON, or lines for people. */
export function print(terminal: Terminal, isJson: boolean, value: unknown, toText: () => string): void {
  terminal.out(`${isJson ? JSON.stringify(value) : toText()}\n`);
}
