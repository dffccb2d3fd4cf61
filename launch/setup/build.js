'use strict';

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { runOnTerminal } = require('./child');
const { say, sayWhile, SetupError } = require('./say');

const SOURCE_FOLDERS = [
  'contracts',
  'config',
  'workflows',
  'activities',
  'worker',
  'client',
  'sip-server',
  'launch',
  'bench',
  'examples',
];
const SOURCE_FILES = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

/** @param {string} root */
const stampFile = (root) => path.join(root, 'dist', '.built-from');

/**
 * Changes when a source file appears, goes, or is written: a hash of names, sizes and times of modification.
 * @param {string} root
 */
function sourcesFingerprint(root) {
  const hash = createHash('sha256');
  for (const file of sourceFiles(root)) {
    const { size, mtimeMs } = fs.statSync(path.join(root, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** @param {string} root @returns {string[]} */
function sourceFiles(root) {
  const inFolders = SOURCE_FOLDERS.filter((folder) => fs.existsSync(path.join(root, folder))).flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => path.join(folder, name))
  );
  return [...SOURCE_FILES.filter((name) => fs.existsSync(path.join(root, name))), ...inFolders].sort();
}

/** @param {string} root */
function buildIsFresh(root) {
  const stamp = stampFile(root);
  return fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === sourcesFingerprint(root);
}

/** Compiles to dist/ and bundles the workflows when sources changed since the last build. @param {string} root */
async function ensureBuild(root) {
  if (buildIsFresh(root)) return;
  const fingerprint = sourcesFingerprint(root);
  fs.rmSync(stampFile(root), { force: true });
  const tsc = path.join('node_modules', 'typescript', 'bin', 'tsc');
  await sayWhile('building dist/', () => step(root, 'tsc', [tsc, '-p', 'tsconfig.build.json']));
  const bundle = path.join('dist', 'worker', 'bundle-workflows.js');
  await sayWhile('bundling the workflows', () => step(root, 'the workflow bundle', [bundle]));
  fs.writeFileSync(stampFile(root), fingerprint);
  say('built');
}

/** @param {string} root @param {string} name @param {string[]} args of node */
async function step(root, name, args) {
  const code = await runOnTerminal(process.execPath, args, { cwd: root, quiet: true });
  if (code !== 0) throw new SetupError(`The build failed in ${name} (exit code ${code}); see the messages above.`);
}

module.exports = { ensureBuild, buildIsFresh, sourcesFingerprint };
