import type { Connection } from '@temporalio/client';
import { searchAttributeTypes } from '../contracts/search-attributes';

/** `temporal.api.enums.v1.IndexedValueType` of `Keyword`, the type of all of ours. */
const KEYWORD = 2;

export interface SearchAttributeFaults {
  missing: string[];
  /** Registered with another type than `Keyword`. */
  mistyped: string[];
}

/** Compares a namespace with what calls need. @throws the client's error where the server does not let one ask */
export async function searchAttributeFaults(
  { operatorService }: Pick<Connection, 'operatorService'>,
  namespace: string
): Promise<SearchAttributeFaults> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const names = Object.keys(searchAttributeTypes);
  const isThere = (name: string): boolean => Object.hasOwn(customAttributes, name);
  return {
    missing: names.filter((name) => !isThere(name)),
    mistyped: names.filter((name) => isThere(name) && Number(customAttributes[name]) !== KEYWORD),
  };
}

/** The command of the Temporal CLI that registers search attributes. */
export function createCommand(namespace: string, names: readonly string[]): string {
  const attributes = names.map((name) => `--name ${name} --type ${searchAttributeTypes[name] ?? 'Keyword'}`);
  return ['temporal operator search-attribute create', `--namespace ${namespace}`, ...attributes].join(' ');
}
