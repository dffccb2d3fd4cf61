import { pathText } from '../contracts/zod-faults';

/** One fault of a configuration: of a setting by its path, or of an environment variable. */
export type ConfigFault = { path: readonly PropertyKey[]; message: string } | { env: string; message: string };

/** Every fault of a configuration, a line each: `file:line path: message (what to do)`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

/** Where a setting comes from, for messages. */
export interface Origin {
  file: string;
  /** Line of the setting, or of what should hold it. */
  lineOf: (path: readonly PropertyKey[]) => number;
  /** Name of the environment variable that replaced the setting. */
  variableOf: (path: readonly PropertyKey[]) => string | undefined;
}

/** @returns a line for each fault, in the order of the file; those of the environment last */
export function faultTexts(faults: readonly ConfigFault[], origin: Origin): string[] {
  return faults
    .map((fault) => textOf(fault, origin))
    .toSorted((one, other) => one.line - other.line)
    .map(({ text }) => text);
}

function textOf(fault: ConfigFault, { file, lineOf, variableOf }: Origin): { line: number; text: string } {
  const variable = 'env' in fault ? fault.env : variableOf(fault.path);
  if (variable !== undefined) return { line: Infinity, text: `environment ${variable}: ${fault.message}` };
  const path = 'path' in fault ? fault.path : [];
  const line = lineOf(path);
  return { line, text: `${file}:${line} ${pathText(path) || 'file'}: ${fault.message}` };
}
