'use strict';

/** An error whose message tells the user what to do; shown without a stack. */
class SetupError extends Error {}

/** Prints one line about a step. On stderr, so that stdout stays free for results such as `--json`. @param {string} text */
function say(text) {
  process.stderr.write(`[set-up] ${text}\n`);
}

module.exports = { say, SetupError };
