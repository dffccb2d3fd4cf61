'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { runForResult } = require('./child');
const { goInstall } = require('./go-install');
const { SetupError } = require('./say');

/** @typedef {import('./find-temporal').Way} Way */

const DOWNLOAD_TIMEOUT_MS = 60_000;
const CLI_CHECK_TIMEOUT_MS = 15_000;
const executable = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/**
 * The ways to Temporal in order of preference. `DURABLE_CALLS_TEMPORAL_CLI` is our own setting and goes before all.
 * @param {{ root: string, env: NodeJS.ProcessEnv, say: (text: string) => void }} context
 * @returns {Way[]}
 */
function temporalWays({ root, env, say }) {
  const cacheFolder = path.join(root, '.cache', 'temporal');
  const cached = path.join(cacheFolder, executable);
  const downloaded = sdkDownloadPath(root);
  return [
    {
      name: 'the CLI named by DURABLE_CALLS_TEMPORAL_CLI',
      advice: 'set DURABLE_CALLS_TEMPORAL_CLI to the path of a Temporal CLI',
      find: () => namedCli(env.DURABLE_CALLS_TEMPORAL_CLI),
    },
    {
      name: 'the server of your Temporal settings',
      advice: 'run a Temporal server and set TEMPORAL_ADDRESS=host:port (or TEMPORAL_PROFILE, as for the Temporal CLI)',
      find: () => Promise.resolve(configuredServer(env)),
    },
    {
      name: 'the CLI on PATH',
      advice: 'install the Temporal CLI so that `temporal` is on PATH: https://docs.temporal.io/cli',
      find: () => cliOnPath(env),
    },
    {
      name: 'the CLI downloaded earlier by the Temporal SDK',
      advice: `put a Temporal CLI at ${downloaded}`,
      find: () => existingCli(downloaded),
    },
    {
      name: 'the CLI in the project cache',
      advice: `put a Temporal CLI at ${cached}`,
      find: () => existingCli(cached),
    },
    ...makingWays({ root, env, say }, { cacheFolder, cached, downloaded }),
  ];
}

/**
 * The ways that get a CLI first, and keep it.
 * @param {{ root: string, env: NodeJS.ProcessEnv, say: (text: string) => void }} context
 * @param {{ cacheFolder: string, cached: string, downloaded: string }} places where it is kept
 * @returns {Way[]}
 */
function makingWays({ root, env, say }, { cacheFolder, cached, downloaded }) {
  return [
    {
      name: 'the CLI downloaded by the Temporal SDK',
      advice: 'allow https://temporal.download, from where the Temporal SDK gets the CLI',
      find: () => downloadBySdk(root, downloaded, say),
    },
    {
      name: 'the CLI built with Go',
      advice: 'install Go (https://go.dev/dl) so that the CLI can be built from its source',
      find: () => goInstall({ folder: cacheFolder, executable: cached, env, say }),
    },
  ];
}

/** @param {string | undefined} file */
async function namedCli(file) {
  return file === undefined || file === '' ? { closed: 'not set' } : existingCli(path.resolve(file));
}

/**
 * The settings that the Temporal CLI and SDKs share: TEMPORAL_* variables and the profile in temporal.toml.
 * A namespace alone names no server: it is made in the embedded one.
 * @param {NodeJS.ProcessEnv} env
 */
function configuredServer(env) {
  const overrideEnvVars = settings(env);
  const profile = readProfile(overrideEnvVars);
  const namesServer = profile.apiKey !== undefined || profile.tls !== undefined || overrideEnvVars.TEMPORAL_PROFILE;
  const address = profile.address ?? (namesServer ? '127.0.0.1:7233' : undefined);
  return address === undefined ? { closed: 'not set' } : { kind: /** @type {const} */ ('server'), address };
}

/** An empty variable is as good as none. @param {NodeJS.ProcessEnv} env @returns {Record<string, string>} */
function settings(env) {
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/** @param {Record<string, string>} overrideEnvVars */
function readProfile(overrideEnvVars) {
  const { loadClientConfigProfile } = require('@temporalio/envconfig');
  try {
    return loadClientConfigProfile({ overrideEnvVars });
  } catch (error) {
    throw new SetupError(
      `Your Temporal settings cannot be read: ${error instanceof Error ? error.message : String(error)}`
    );
  }
}

/** @param {NodeJS.ProcessEnv} env */
async function cliOnPath(env) {
  const folders = (env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const file = folders.map((folder) => path.join(folder, executable)).find((candidate) => fs.existsSync(candidate));
  return file === undefined ? { closed: 'not on PATH' } : existingCli(file);
}

/** @param {string} file */
async function existingCli(file) {
  if (!fs.existsSync(file)) return { closed: `no file ${file}` };
  const { ok, output } = await runForResult(file, ['server', 'start-dev', '--help'], {
    timeoutMs: CLI_CHECK_TIMEOUT_MS,
  });
  if (!ok) return { closed: `${file} does not run: ${lastLine(output)}` };
  if (!output.includes('--sqlite-pragma')) return { closed: `${file} has no "server start-dev"` };
  return { kind: /** @type {const} */ ('cli'), path: file };
}

/** The name under which the SDK keeps its download. @param {string} root */
function sdkDownloadPath(root) {
  const manifest = path.join(root, 'node_modules', '@temporalio', 'testing', 'package.json');
  const { version } = JSON.parse(fs.readFileSync(manifest, 'utf8'));
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return path.join(os.tmpdir(), `temporal-sdk-typescript-${version}${suffix}`);
}

/** @param {string} root @param {string} file @param {(text: string) => void} say */
async function downloadBySdk(root, file, say) {
  say('downloading the Temporal CLI with the Temporal SDK (about 60 MB) ...');
  const { ok, output } = await runForResult(process.execPath, [path.join(__dirname, 'sdk-download.js')], {
    cwd: root,
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
  });
  if (ok) return existingCli(file);
  say('the download failed');
  return { closed: lastLine(output) };
}

/** @param {string} text */
function lastLine(text) {
  return text.split('\n').at(-1)?.slice(0, 300) ?? '';
}

module.exports = { temporalWays, configuredServer };
