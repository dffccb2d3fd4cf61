'use strict';

/**
 * Stands in front of `npm start`, `npm run demo`, `npm test`, `npm run sip-server` and others. It runs on a machine that has
 * nothing but Node: it installs the packages, builds, finds a Temporal, and only then starts what was asked for.
 */

const path = require('node:path');
const { SetupError, say } = require('./setup/say');

const root = path.resolve(__dirname, '..');
const MINIMUM_NODE = [20, 3];
const PARENT_CHECK_EVERY_MS = 500;

const COMMANDS = {
  /** @param {string[]} args */
  start: (args) => startHere('start', args),
  /** @param {string[]} args */
  demo: (args) => startHere('demo', args),
  /** @param {string[]} args */
  example: (args) => runNode([path.join(root, 'dist', 'launch', 'example.js'), ...args], process.env),
  /** @param {string[]} args */
  call: (args) => runNode([path.join(root, 'dist', 'launch', 'call.js'), ...args], process.env),
  test: runTests,
  'test-crash': runCrashMatrix,
  /** @param {string[]} args */
  'sip-server': (args) => runNode([path.join(root, 'dist', 'sip-server', 'main.js'), ...args], process.env),
  /** @param {string[]} args */
  cli: (args) => runNode([path.join(root, 'dist', 'client', 'cli.js'), ...args], process.env),
  /** @param {string[]} args */
  'bench-sip': (args) => runNode([path.join(root, 'dist', 'bench', 'sip', 'main.js'), ...args], process.env),
  /** Packages and build only. */
  setup: () => Promise.resolve(0),
};

/** @param {string} command @param {string[]} args @returns {Promise<number | undefined>} exit code; undefined: ends by itself */
async function main(command, args) {
  const run = COMMANDS[/** @type {keyof typeof COMMANDS} */ (command)];
  if (run === undefined) throw new SetupError(`Unknown command "${command}"; use ${Object.keys(COMMANDS).join(', ')}.`);
  checkNode();
  await require('./setup/packages').ensurePackages(root);
  await require('./setup/build').ensureBuild(root);
  return run(args);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = MINIMUM_NODE;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new SetupError(
    `Node ${MINIMUM_NODE.join('.')} or newer is needed; this is ${process.versions.node}. https://nodejs.org`
  );
}

/** The environment for what needs Temporal: names the CLI, or leaves the user's TEMPORAL_* settings to speak. */
async function temporalEnvironment() {
  const { findTemporal } = require('./setup/find-temporal');
  const { temporalWays } = require('./setup/temporal-ways');
  const temporal = await findTemporal(temporalWays({ root, env: process.env, say }), say);
  const { DURABLE_CALLS_TEMPORAL_CLI: _, ...env } = process.env;
  return temporal.kind === 'cli' ? { ...env, DURABLE_CALLS_TEMPORAL_CLI: temporal.path } : env;
}

/**
 * Runs the supervisor in this process, so that a signal or a kill meets the supervisor itself. Its arguments are read before a Temporal
 * is looked for, which can take minutes.
 * @param {'start' | 'demo'} command @param {string[]} args
 */
async function startHere(command, args) {
  const run = require(path.join(root, 'dist', 'launch', `${command}.js`)).readArguments(args);
  process.env = await temporalEnvironment();
  run();
  return undefined;
}

/** @param {string[]} args */
async function runTests(args) {
  const { runForResult } = require('./setup/child');
  const sipp = await runForResult('sipp', ['-v']);
  if (!/SIPp v\d/.test(sipp.output))
    throw new SetupError(
      'The tests need SIPp, and `sipp` is not on PATH. On Debian or Ubuntu: apt-get install sip-tester'
    );
  const env = await temporalEnvironment();
  return runNode([path.join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ...args], env);
}

/** @param {string[]} args */
async function runCrashMatrix(args) {
  return runNode([path.join(root, 'test', 'crash', 'run.js'), ...args], await temporalEnvironment());
}

/** @param {string[]} args @param {NodeJS.ProcessEnv} env */
function runNode(args, env) {
  return require('./setup/child').runOnTerminal(process.execPath, args, { cwd: root, env });
}

/** npm runs scripts in a shell that dies of a SIGTERM without passing it on: when our parent is gone, we end as if told to. */
function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_CHECK_EVERY_MS);
  watch.unref();
}

endWithNpm();
const [command = '', ...args] = process.argv.slice(2);
main(command, args).then(
  (code) => {
    if (code !== undefined) process.exitCode = code;
  },
  (error) => {
    process.stderr.write(
      `${error instanceof SetupError ? `Error: ${error.message}` : (error?.stack ?? String(error))}\n`
    );
    process.exitCode = 1;
  }
);
