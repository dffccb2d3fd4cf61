#!/usr/bin/env node
import { text } from 'node:stream/consumers';
import { runCli } from './cli/program';
import { connectCalls } from './connect';

// `| head` is no fault.
process.stdout.on('error', () => process.exit());

void runCli(process.argv.slice(2), {
  out: (line) => process.stdout.write(line),
  err: (line) => process.stderr.write(line),
  readInput: () => text(process.stdin),
  connect: () => connectCalls(),
  env: process.env,
}).then((code) => {
  process.exitCode = code;
});
