#!/usr/bin/env node
import { text } from 'node:stream/consumers';
import { startLostNodeWorker } from './cli/lost-node-worker';
import { runCli } from './cli/program';
import { connectCalls } from './connect';

// `| head` is no fault.
process.stdout.on('error', () => process.exit());

void runCli(process.argv.slice(2), {
  out: (line) => process.stdout.write(line),
  err: (line) => process.stderr.write(line),
  readInput: () => text(process.stdin),
  connect: () => connectCalls(),
  serveLostNode: startLostNodeWorker,
  env: process.env,
}).then((code) => {
  process.exitCode = code;
});
