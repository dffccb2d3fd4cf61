import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import type { Config } from '../../../config/config';
import { ConfigError, loadConfig } from '../../../config/config';

export const EXAMPLE = path.join(__dirname, '../../../examples/durable-calls.yaml');
export const ENV = { DRACHTIO_SECRET: 'cymru' };

export const trunk = { id: 'demo', login: '1000', sources: ['127.0.0.1'] };
export const channel = { botId: 'demo-bot', trunk: 'demo', leg: 'sip:bot@127.0.0.1:5070' };

/** @param content YAML text, or settings beside one trunk and its channel */
export function load(content: object | string, env: NodeJS.ProcessEnv = ENV): Config {
  const text = typeof content === 'string' ? content : stringify({ trunks: [trunk], channels: [channel], ...content });
  const folder = mkdtempSync(path.join(tmpdir(), 'config-'));
  const file = path.join(folder, 'calls.yaml');
  try {
    writeFileSync(file, text);
    return loadConfig(file, env);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns the faults without the name of the file */
export function faultsOf(content: object | string, env?: NodeJS.ProcessEnv): string[] {
  try {
    load(content, env);
  } catch (err) {
    if (err instanceof ConfigError) return err.faults.map((line) => line.replace(/^\S*calls\.yaml:/, ''));
    throw err;
  }
  return [];
}

/** @returns the faults without their lines */
export function placelessFaultsOf(content: object, env?: NodeJS.ProcessEnv): string[] {
  return faultsOf(content, env).map((line) => line.replace(/^\d+ /, ''));
}
