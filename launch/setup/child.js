'use strict';

const { spawn } = require('node:child_process');
const { constants } = require('node:os');

const PASSED_ON = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs a program on our own terminal and passes signals on to it.
 * @param {string} command @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, quiet?: boolean }} options `quiet`: its stdout goes to our stderr
 * @returns {Promise<number>} its exit code; 128 + the signal's number when a signal ended it
 */
function runOnTerminal(command, args, { cwd, env = process.env, quiet = false }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['inherit', quiet ? 2 : 'inherit', 'inherit'] });
    /** @type {(signal: NodeJS.Signals) => void} */
    const passOn = (signal) => void child.kill(signal);
    for (const signal of PASSED_ON) process.on(signal, passOn);
    const finish = () => PASSED_ON.forEach((signal) => process.off(signal, passOn));
    child.once('error', (error) => {
      finish();
      reject(error);
    });
    child.once('close', (code, signal) => {
      finish();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/**
 * Runs a program for its result. Never rejects: a program that is missing or takes too long has `ok: false` and says why.
 * @param {string} command @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, onLine?: (line: string) => void }} [options]
 *   `onLine` hears each line of its stderr
 * @returns {Promise<{ ok: boolean, output: string }>} `output`: stdout and stderr, or why it could not run
 */
function runForResult(command, args, { cwd, env = process.env, timeoutMs, onLine } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let timedOut = false;
    const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp, timeoutMs);
    function giveUp() {
      timedOut = true;
      child.kill('SIGKILL');
    }
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => {
      output += chunk;
      for (const line of String(chunk).split('\n')) if (line !== '') onLine?.(line);
    });
    child.once('error', (error) => finish(false, error.message));
    child.once('close', (code) => finish(code === 0 && !timedOut, timedOut ? `no result in ${timeoutMs} ms` : output));
    /** @param {boolean} ok @param {string} text */
    function finish(ok, text) {
      clearTimeout(timer);
      resolve({ ok, output: text.trim() });
    }
  });
}

module.exports = { runOnTerminal, runForResult };
