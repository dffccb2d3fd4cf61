'use strict';

const tseslint = require('typescript-eslint');
const jest = require('eslint-plugin-jest');
const prettier = require('eslint-config-prettier');
const { builtinModules } = require('node:module');

const folders = ['contracts', 'config', 'workflows', 'activities', 'worker', 'client', 'sip-server', 'launch'];
const nodeBuiltins = ['node:*', ...builtinModules];

/** Forbids a folder to import the named folders of ours; with types, only their values are forbidden. */
function forbid(folder, { never = [], typesOnly = [], packages = [] }) {
  // By relative path: packages may have folders of these names too, such as @temporalio/client.
  const ours = (names) => `^\\.{1,2}/(?:.*/)?(?:${names.join('|')})(?:/|$)`;
  const patterns = [];
  if (never.length > 0)
    patterns.push({
      regex: ours(never),
      message: `${folder}/ must not import ${never.join(', ')} (docs/ARCHITECTURE.md).`,
    });
  if (typesOnly.length > 0)
    patterns.push({
      regex: ours(typesOnly),
      allowTypeImports: true,
      message: `${folder}/ imports types only from ${typesOnly.join(', ')}.`,
    });
  if (packages.length > 0)
    patterns.push({ group: packages, message: `${folder}/ must not use this package (docs/ARCHITECTURE.md).` });
  return {
    files: [`${folder}/**/*.ts`],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
  };
}

const others = (...allowed) => folders.filter((name) => !allowed.includes(name));

module.exports = tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '.data/**', '.cache/**', 'coverage/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: __dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { prefer: 'type-imports', fixStyle: 'separate-type-imports' },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: [
      'launch/**/*.ts',
      'bench/**/*.ts',
      'examples/**/*.ts',
      'sip-server/main.ts',
      'client/cli.ts',
      'test/**/*.ts',
    ],
    rules: { 'no-console': 'off' },
  },
  forbid('contracts', {
    never: others('contracts'),
    packages: ['drachtio-srf', '@temporalio/worker', '@temporalio/client'],
  }),
  forbid('config', {
    never: others('contracts', 'config'),
    packages: ['drachtio-srf', '@temporalio/*'],
  }),
  forbid('workflows', {
    never: others('contracts', 'workflows', 'activities'),
    typesOnly: ['activities'],
    packages: ['zod', 'drachtio-srf', ...nodeBuiltins],
  }),
  forbid('activities', { never: others('contracts', 'activities'), packages: ['@temporalio/workflow'] }),
  {
    ...forbid('activities', {
      never: others('contracts', 'activities'),
      packages: ['@temporalio/workflow', 'drachtio-srf'],
    }),
    ignores: ['activities/sip/**'],
  },
  forbid('worker', { never: ['sip-server', 'launch'] }),
  forbid('client', { never: ['worker', 'sip-server', 'launch'], packages: ['drachtio-srf'] }),
  forbid('sip-server', { never: others('sip-server'), packages: ['drachtio-srf', '@temporalio/*'] }),
  forbid('launch', { never: ['workflows', 'activities', 'worker', 'sip-server'] }),
  {
    files: ['test/**/*.ts'],
    plugins: { jest },
    rules: {
      ...jest.configs['flat/recommended'].rules,
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*'] }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  prettier
);
