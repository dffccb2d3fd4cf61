'use strict';

/** From now on this process loads TypeScript as jest would: compiled when it is loaded. */
const fs = require('node:fs');
const { transformSync } = require('@swc/core');
const { transform } = require('../../jest.config').projects[0];

const [, options] = transform['^.+\\.ts$'];

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(fs.readFileSync(filename, 'utf8'), { ...options, filename, sourceMaps: 'inline' });
  module._compile(code, filename);
};

process.setSourceMapsEnabled(true);
