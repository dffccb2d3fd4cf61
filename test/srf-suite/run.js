'use strict';

/**
 * Runs the server tests of drachtio-srf itself against our SIP server. They expect a network of containers; here every container is an
 * address 127.29.0.x, and the `docker` and `docker-compose` in bin/ start the SIPp scenarios and our server on them.
 */
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');

const FILES = ['b2b', 'reinvite-tests', 'uac', 'uas', 'refer'];

const USAGE = `Usage: npm run test:srf -- --repo <checkout of drachtio-srf with its packages installed> [--only <${FILES.join('|')}>]

Get it by: git clone https://github.com/drachtio/drachtio-srf && (cd drachtio-srf && npm install)
Needs SIPp (Debian: sip-tester), free ports 9061 and 9062, and Linux, where every address 127.x.y.z is the machine itself.
KEEP=1 in the environment keeps the folder with the logs of server and peers.`;

function optionsOf(argv) {
  const { repo, only } = parseArgs({
    args: argv,
    options: { repo: { type: 'string' }, only: { type: 'string' } },
  }).values;
  if (repo === undefined) throw new Error('--repo is missing');
  for (const needed of [
    'test/uas.js',
    'test/docker-compose-testbed.yaml',
    'config',
    'node_modules/tape',
    'node_modules/config',
  ]) {
    if (!fs.existsSync(path.join(repo, needed))) throw new Error(`${repo} has no ${needed}`);
  }
  if (only !== undefined && !FILES.includes(only)) throw new Error(`--only: "${only}" is none of ${FILES.join(', ')}`);
  return { repo: path.resolve(repo), files: only === undefined ? FILES : [only] };
}

/** A copy of the repository's tests in which the network of containers is one of loopback addresses. */
function copyOf(repo, files) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'srf-suite-'));
  for (const name of ['lib', 'config', 'test', 'package.json']) {
    fs.cpSync(path.join(repo, name), path.join(folder, name), { recursive: true });
  }
  fs.symlinkSync(path.join(repo, 'node_modules'), path.join(folder, 'node_modules'));
  for (const name of fs.readdirSync(path.join(folder, 'test'), { recursive: true })) {
    const file = path.join(folder, 'test', name);
    if (!/\.(js|ya?ml|xml)$/.test(name)) continue;
    const text = fs.readFileSync(file, 'utf8').replaceAll('172.29.0.', '127.29.0.');
    // SIPp 3.6 and later read scenarios as the XML that they should be.
    fs.writeFileSync(file, text.replace('regexp="<sip:(.*)>"', 'regexp="&lt;sip:(.*)&gt;"'));
  }
  const steps = ['docker_start', ...files, 'docker_stop'].map((name) => `require('./${name}');\n`);
  fs.writeFileSync(path.join(folder, 'test/suite.js'), steps.join(''));
  return folder;
}

function run(folder) {
  const env = {
    ...process.env,
    NODE_ENV: 'test',
    SRF_SUITE: folder,
    PATH: `${path.join(__dirname, 'bin')}:${process.env.PATH}`,
  };
  const child = spawn(process.execPath, ['test/suite.js'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
    process.stdout.write(chunk);
  });
  return new Promise((resolve) => child.once('close', () => resolve(output)));
}

/** Counts the assertions and names those that failed; without a summary of tape the run did not end properly. */
function judge(output) {
  const failed = output.match(/^not ok .*$/gm) ?? [];
  const passed = output.match(/^ok .*$/gm) ?? [];
  const isWhole = /^# tests +\d+/m.test(output);
  console.log(`\n${passed.length} passed, ${failed.length} failed${isWhole ? '' : '; the run ended early'}`);
  for (const line of failed) console.log(line);
  return isWhole && failed.length === 0 ? 0 : 1;
}

async function main() {
  let options;
  try {
    options = optionsOf(process.argv.slice(2));
  } catch (error) {
    console.error(`test:srf: ${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
  const folder = copyOf(options.repo, options.files);
  try {
    process.exitCode = judge(await run(folder));
  } finally {
    require('./containers').stopAll(folder);
    if (process.env.KEEP === undefined) fs.rmSync(folder, { recursive: true, force: true });
  }
}

void main();
