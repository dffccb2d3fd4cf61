'use strict';

/** What stands for containers: processes in the background, and their names with addresses in a file that the SIP server looks names up in. */
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const stateFile = (folder) => path.join(folder, 'containers.json');

function stateOf(folder) {
  return fs.existsSync(stateFile(folder))
    ? JSON.parse(fs.readFileSync(stateFile(folder), 'utf8'))
    : { hosts: {}, pids: [] };
}

function change(folder, apply) {
  const state = stateOf(folder);
  apply(state);
  fs.writeFileSync(stateFile(folder), JSON.stringify(state));
}

/** Gives a name an address. */
function addHost(folder, name, address) {
  change(folder, ({ hosts }) => (hosts[name] = address));
}

/** An address that no name has. */
function freeAddress(folder) {
  const taken = Object.values(stateOf(folder).hosts);
  for (let last = 100; ; last++) if (!taken.includes(`127.29.0.${last}`)) return `127.29.0.${last}`;
}

/** Lets `stopAll` end a process. */
function addProcess(folder, { pid }) {
  if (pid !== undefined) change(folder, ({ pids }) => pids.push(pid));
}

/** Starts a process that outlives this one; what it prints goes to `<name>.log`. */
function startInBackground(folder, name, program, args) {
  const log = fs.openSync(path.join(folder, `${name}.log`), 'a');
  const child = spawn(program, args, { cwd: folder, detached: true, stdio: ['ignore', log, log] });
  child.once('error', (error) => fs.writeSync(log, String(error)));
  addProcess(folder, child);
  child.unref();
}

function stopAll(folder) {
  for (const pid of stateOf(folder).pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
  change(folder, (state) => (state.pids = []));
}

module.exports = { addHost, addProcess, freeAddress, startInBackground, stateOf, stopAll };
