'use strict';

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { runOnTerminal } = require('./child');
const { say, sayWhile, SetupError } = require('./say');

/** @param {string} root */
const stampFile = (root) => path.join(root, 'node_modules', '.durable-calls-lock');

/** @param {string} root */
function lockHash(root) {
  return createHash('sha256')
    .update(fs.readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
}

/**
 * Fresh: installed by us from this very lock file, or by an `npm ci` or `npm install` that ended after the lock file was written
 * (npm writes `node_modules/.package-lock.json` last).
 * @param {string} root folder of package.json
 */
function packagesAreFresh(root) {
  const npmRecord = path.join(root, 'node_modules', '.package-lock.json');
  if (!fs.existsSync(npmRecord)) return false;
  const stamp = stampFile(root);
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === lockHash(root)) return true;
  return fs.statSync(npmRecord).mtimeMs >= fs.statSync(path.join(root, 'package-lock.json')).mtimeMs;
}

/** Installs the packages of the lock file when they are missing or of another one. @param {string} root */
async function ensurePackages(root) {
  if (!packagesAreFresh(root)) {
    const code = await sayWhile('installing packages (npm ci), about a minute the first time', () => npmCi(root));
    if (code !== 0)
      throw new SetupError(
        `npm ci failed with exit code ${code}; npm says why above. No network or registry? See: npm config get registry. Then try again.`
      );
    say('packages installed');
  }
  fs.writeFileSync(stampFile(root), lockHash(root));
}

/** @param {string} root */
function npmCi(root) {
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npmScript = process.env.npm_execpath;
  if (npmScript?.endsWith('.js'))
    return runOnTerminal(process.execPath, [npmScript, ...args], { cwd: root, quiet: true });
  return runOnTerminal('npm', args, { cwd: root, quiet: true });
}

module.exports = { ensurePackages, packagesAreFresh };
