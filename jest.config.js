'use strict';

const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
  ],
};

/** @param {string} name @param {object} [extra] */
const project = (name, extra = {}) => ({
  displayName: name,
  rootDir: __dirname,
  roots: [`<rootDir>/test/${name}`],
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  transform,
  ...extra,
});

module.exports = {
  // Of tests and hooks, with real servers and real SIP timers: what hangs is told from a slow machine by the limits of its waits
  // (test/support/limits.ts); this one is for what has none.
  testTimeout: 180_000,
  // Much of it is waiting: by default one core is left idle.
  maxWorkers: '100%',
  projects: [
    project('unit'),
    project('workflow', {
      globalSetup: '<rootDir>/test/support/workflow-setup.ts',
      globalTeardown: '<rootDir>/test/support/workflow-teardown.ts',
    }),
    project('replay', {
      globalSetup: '<rootDir>/test/support/bundle-setup.ts',
      globalTeardown: '<rootDir>/test/support/bundle-teardown.ts',
    }),
    project('crash'),
    project('sip', {
      globalSetup: '<rootDir>/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    }),
  ],
};
