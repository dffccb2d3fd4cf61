import type { Connection } from '@temporalio/client';
import { createCommand } from '../client/search-attributes';
import { LaunchError } from './launch-error';

/** `temporal.api.enums.v1.IndexedValueType` of the types we use. */
const INDEXED_VALUE_TYPE: Readonly<Record<string, number>> = { Text: 1, Keyword: 2, Int: 3, Datetime: 6 };

/** Registers the search attributes that a namespace lacks, or says with which commands its operator can. */
export async function ensureSearchAttributes(
  connection: Connection,
  namespace: string,
  types: Readonly<Record<string, string>>
): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(types).filter(([name]) => !Object.hasOwn(customAttributes, name));
  if (missing.length === 0) return [];
  const searchAttributes = Object.fromEntries(missing.map(([name, type]) => [name, INDEXED_VALUE_TYPE[type] ?? 0]));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    const names = missing.map(([name]) => name);
    const reason = error instanceof Error ? error.message : String(error);
    throw new LaunchError(
      `The namespace ${namespace} lacks search attributes, and they could not be registered (${reason}). Run:\n  ${createCommand(namespace, names)}`
    );
  }
  return missing.map(([name]) => name);
}
