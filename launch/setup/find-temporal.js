'use strict';

const { SetupError } = require('./say');

/**
 * A Temporal to use: a server that runs elsewhere, or a CLI that can start the embedded one.
 * @typedef {{ kind: 'server', address: string } | { kind: 'cli', path: string }} Temporal
 */
/**
 * One way to Temporal. `find` gives what it found, or why this way is closed; `advice` tells the user how to open it.
 * @typedef {{ name: string, advice: string, find: () => Promise<Temporal | { closed: string }> }} Way
 */

/**
 * Takes the first way that is open.
 * @param {Way[]} ways in order of preference
 * @param {(text: string) => void} say
 * @returns {Promise<Temporal>}
 */
async function findTemporal(ways, say) {
  const tried = [];
  for (const way of ways) {
    const found = await way.find();
    if (!('closed' in found)) {
      say(`Temporal: ${way.name} (${found.kind === 'cli' ? found.path : found.address})`);
      return found;
    }
    tried.push(`  - ${way.advice}\n      now: ${found.closed}`);
  }
  throw new SetupError(`No Temporal server was found. Any one of these ways will do:\n${tried.join('\n')}`);
}

module.exports = { findTemporal };
