import { readFileSync } from 'node:fs';
import { pathText } from '../contracts/zod-faults';
import type { ConfigFault } from './faults';

/** Environment variables that go before the file. */
const OVERRIDES: Readonly<Record<string, readonly string[]>> = {
  DURABLE_CALLS_NODE: ['node'],
  DURABLE_CALLS_SIP_SERVER_HOST: ['sipServer', 'host'],
  DURABLE_CALLS_SIP_SERVER_PORT: ['sipServer', 'port'],
  DURABLE_CALLS_SIP_CONTROL_PORT: ['sipServer', 'controlPort'],
  DURABLE_CALLS_SIP_CONTROL_TOKEN_FILE: ['sipServer', 'controlTokenFile'],
  DURABLE_CALLS_API_HOST: ['api', 'host'],
  DURABLE_CALLS_API_PORT: ['api', 'port'],
  DURABLE_CALLS_API_URL: ['api', 'publicUrl'],
  DURABLE_CALLS_RECORDS: ['records', 'folder'],
  DURABLE_CALLS_METRICS: ['metrics', 'listen'],
};

export interface Overridden {
  value: unknown;
  variableOf: (path: readonly PropertyKey[]) => string | undefined;
}

/** @param settings the file's content; not changed */
export function withOverrides(settings: unknown, env: NodeJS.ProcessEnv): Overridden {
  const set = Object.entries(OVERRIDES).filter(([name]) => (env[name] ?? '') !== '');
  const variables = new Map(set.map(([name, path]) => [pathText(path), name]));
  const value = set.reduce((tree, [name, path]) => replaced(tree, path, scalar(env[name] ?? '')), settings);
  return { value, variableOf: (path) => variables.get(pathText(path)) };
}

/** Something else where a section should be stays as it is, for the schema to find. */
function replaced(tree: unknown, [step, ...rest]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value;
  if (tree !== undefined && !isSection(tree)) return tree;
  return { ...tree, [step]: replaced(tree?.[step], rest, value) };
}

function isSection(tree: unknown): tree is Record<string, unknown> {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree);
}

function scalar(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text;
}

export type Secret = { value: string } | { fault: ConfigFault };

/** The secret that the SIP server asks of its clients: `DRACHTIO_SECRET`, or the content of the file `DRACHTIO_SECRET_FILE`. */
export function readSipServerSecret(env: NodeJS.ProcessEnv): Secret {
  const [name, fileName] = ['DRACHTIO_SECRET', 'DRACHTIO_SECRET_FILE'];
  const value = env[name] ?? '';
  const file = env[fileName] ?? '';
  if (value !== '' && file !== '') return { fault: { env: fileName, message: `${name} is set too (set one of them)` } };
  if (file !== '') return readSecretFile(file, (message) => ({ env: fileName, message }));
  if (value === '') return { fault: { env: name, message: `is missing (set it or ${fileName})` } };
  return { value };
}

/** A secret of this variable, else of this file; none when neither is given. */
export function readOptionalSecret(
  name: string,
  file: { name: string; path: readonly PropertyKey[] } | undefined,
  env: NodeJS.ProcessEnv,
  form = SENDABLE
): Secret | { value: undefined } {
  const value = env[name] ?? '';
  if (value !== '') return form.pattern.test(value) ? { value } : { fault: { env: name, message: form.message } };
  if (!file) return { value: undefined };
  return readSecretFile(file.name, (message) => ({ path: file.path, message }), form);
}

/** What a secret may consist of. */
export interface SecretForm {
  pattern: RegExp;
  message: string;
}

const SENDABLE: SecretForm = {
  pattern: /^[!-~]+$/,
  message: 'must be printable ASCII without spaces (choose another)',
};

function readSecretFile(file: string, fault: (message: string) => ConfigFault, form = SENDABLE): Secret {
  try {
    const value = readFileSync(file, 'utf8').trim();
    return form.pattern.test(value) ? { value } : { fault: fault(`content of ${file} ${form.message}`) };
  } catch (err) {
    const reason = (err as Error).message;
    return { fault: fault(`cannot be read: ${reason} (give the path of a readable file)`) };
  }
}
