'use strict';

const { PausingPort } = require('./pausing-port');
const { runWorker } = require('./run-worker');

/** A worker that forgets the effect ids although the SIP server keeps a ledger: what the matrix must notice. */
runWorker(
  class extends PausingPort {
    send({ effectId, ...request }) {
      return super.send(request);
    }
  }
);
