import { readFileSync } from 'node:fs';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Node } from 'yaml';
import { ConfigError } from './faults';

export interface YamlSource {
  value: unknown;
  /** 1-based line of a setting; of the nearest setting around it when it is missing. */
  lineOf: (path: readonly PropertyKey[]) => number;
}

/** @throws ConfigError when the file cannot be read or is not YAML */
export function readYaml(file: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines, prettyErrors: false });
  const faults = [...document.errors, ...document.warnings, ...looseAliases(document)];
  if (faults.length > 0)
    throw new ConfigError(
      faults.map(({ pos, message }) => `${file}:${lines.linePos(pos[0]).line} file: ${message} (correct the YAML)`)
    );
  return { value: valueOf(document, file), lineOf: (path) => lines.linePos(offsetOf(document, path)).line };
}

function looseAliases(document: Document): { pos: [number]; message: string }[] {
  const faults: { pos: [number]; message: string }[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === undefined)
        faults.push({ pos: [alias.range?.[0] ?? 0], message: `No anchor &${alias.source} stands before this alias` });
    },
  });
  return faults;
}

function valueOf(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (err) {
    // Aliases of aliases that stand for too much.
    throw new ConfigError([`${file}:1 file: ${(err as Error).message} (correct the YAML)`]);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (err) {
    const reason = (err as Error).message;
    throw new ConfigError([`${file}: cannot be read: ${reason} (give the path of a YAML configuration)`]);
  }
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    const holder = isAlias(node) ? node.resolve(document) : node;
    const { mark, value } = childOf(holder, step);
    if (!mark?.range) break;
    offset = mark.range[0];
    node = value;
  }
  return offset;
}

function childOf(holder: unknown, step: PropertyKey): { mark?: Node; value?: unknown } {
  if (isMap<Node, Node>(holder)) {
    const pair = holder.items.find(({ key }) => isScalar(key) && key.value === step);
    return pair ? { mark: pair.key, value: pair.value } : {};
  }
  const item = isSeq<Node>(holder) && typeof step === 'number' ? holder.items[step] : undefined;
  return item ? { mark: item, value: item } : {};
}
