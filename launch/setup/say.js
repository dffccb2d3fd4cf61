'use strict';

/** An error whose message tells the user what to do; shown without a stack. */
class SetupError extends Error {}

/** Prints one line about a step. On stderr, so that stdout stays free for results such as `--json`. @param {string} text */
function say(text) {
  process.stderr.write(`[set-up] ${text}\n`);
}

/**
 * Says what is being done, and every ten seconds that it still is: it may take minutes, and what does it is silent.
 * @template T @param {string} text @param {() => Promise<T>} work @param {number} [everyMs] @returns {Promise<T>}
 */
async function sayWhile(text, work, everyMs = 10_000) {
  say(`${text} ...`);
  const startedAt = Date.now();
  const reminder = setInterval(() => {
    say(`still ${text} (${Math.round((Date.now() - startedAt) / 1000)} s)`);
  }, everyMs);
  try {
    return await work();
  } finally {
    clearInterval(reminder);
  }
}

module.exports = { say, sayWhile, SetupError };
