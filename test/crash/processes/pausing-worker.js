'use strict';

const { PausingPort } = require('./pausing-port');
const { runWorker } = require('./run-worker');

runWorker(PausingPort);
