'use strict';

const path = require('node:path');

const DIST = path.join(__dirname, '../../../dist');
const { Deliveries } = require(path.join(DIST, 'sip-server/drachtio/deliveries'));

/** A SIP server without its inbox: it hands a request of a dialog to one worker, once, and neither answers nor keeps it. What the matrix must notice. */
Object.assign(Deliveries.prototype, {
  onConnectionLost() {},
  offerWaiting() {},
  awaitInDialog() {},
  restore() {},
});

require(path.join(DIST, 'sip-server/main'));
