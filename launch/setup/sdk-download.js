'use strict';

const { TestWorkflowEnvironment } = require('@temporalio/testing');

/** A process of its own, so that a download that hangs can be ended. The SDK downloads the CLI when it first starts a server with it. */
TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'cached-download' } } })
  .then((environment) => environment.teardown())
  .catch((error) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
