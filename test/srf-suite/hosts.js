'use strict';

/** Loaded into the SIP server before it starts: names of containers have the addresses that the suite gave them. */
const dns = require('node:dns/promises');
const { stateOf } = require('./containers');

const { lookup } = dns;
dns.lookup = (name, options) => {
  const address = stateOf(process.env.SRF_SUITE).hosts[name];
  if (address === undefined) return lookup(name, options);
  return Promise.resolve(options?.all ? [{ address, family: 4 }] : { address, family: 4 });
};
