'use strict';

const path = require('node:path');

const DIST = path.join(__dirname, '../../../dist');
const { loadConfig } = require(path.join(DIST, 'config/config'));
const { runProcess } = require(path.join(DIST, 'worker/process'));

/** The product's worker with another port to the SIP server; its arguments are those of the product's. */
exports.runWorker = function runWorker(Port) {
  const file = process.argv[process.argv.indexOf('--config') + 1];
  runProcess(
    () => loadConfig(path.resolve(file), process.env),
    (options) => new Port(options)
  ).catch((err) => {
    console.error(err);
    process.exit(1);
  });
};
