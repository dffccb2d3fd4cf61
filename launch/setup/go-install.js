'use strict';

const fs = require('node:fs');
const { runForResult } = require('./child');

/** Later versions of the CLI have `replace` directives, which `go install` refuses. */
const CLI_PACKAGE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';
const PROGRESS_EVERY_MS = 10_000;

/**
 * Builds the Temporal CLI from source and keeps it.
 * @param {{ folder: string, executable: string, env: NodeJS.ProcessEnv, say: (text: string) => void }} options
 * @returns {Promise<{ kind: 'cli', path: string } | { closed: string }>}
 */
async function goInstall({ folder, executable, env, say }) {
  const go = await runForResult('go', ['version'], { env });
  if (!go.ok) return { closed: 'Go is not on PATH' };
  say(`building the Temporal CLI with Go (${CLI_PACKAGE}); the first time takes minutes ...`);
  fs.mkdirSync(folder, { recursive: true });
  const startedAt = Date.now();
  let lines = 0;
  let last = '';
  const progress = setInterval(
    () =>
      say(
        `  ${Math.round((Date.now() - startedAt) / 1000)} s, ${lines === 0 ? 'reading modules' : `${lines} packages, now ${last}`}`
      ),
    PROGRESS_EVERY_MS
  );
  const { ok, output } = await runForResult('go', ['install', '-v', CLI_PACKAGE], {
    env: { ...env, GOBIN: folder },
    onLine: (line) => {
      lines += 1;
      last = line;
    },
  });
  clearInterval(progress);
  if (ok && fs.existsSync(executable)) return { kind: 'cli', path: executable };
  return { closed: `go install failed: ${output.split('\n').slice(-3).join(' | ')}` };
}

module.exports = { goInstall };
