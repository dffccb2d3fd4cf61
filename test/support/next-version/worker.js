'use strict';

const path = require('node:path');

const DIST = path.join(__dirname, '../../../dist');

// The product's worker with the workflows of another version.
require(path.join(DIST, 'worker/bundle-workflows')).WORKFLOW_BUNDLE = process.env.NEXT_VERSION_BUNDLE;
require(path.join(DIST, 'worker/main'));
