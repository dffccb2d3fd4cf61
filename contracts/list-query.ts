import { nodeTaskQueue } from './ids';
import { callSearchAttributes } from './search-attributes';

/** Which workflows are meant; what is left out does not matter. */
export interface Wanted {
  type?: string;
  /** Name of the SIP node whose queue they are on. */
  node?: string;
  /** Id of the trunk they belong to. */
  trunk?: string;
}

export const IS_RUNNING = "ExecutionStatus = 'Running'";

/** @returns Temporal's list filter for workflows that have not ended */
export function runningQuery({ type, node, trunk }: Wanted): string {
  return [
    ...(type === undefined ? [] : [`WorkflowType = ${quoted(type)}`]),
    ...(node === undefined ? [] : [`TaskQueue = ${quoted(nodeTaskQueue(node))}`]),
    ...(trunk === undefined ? [] : [`${callSearchAttributes.trunk.name} = ${quoted(trunk)}`]),
    IS_RUNNING,
  ].join(' AND ');
}

/** @returns a text as it stands in a list filter @throws for a backslash, for which a list filter has no reliable way of writing */
export function quoted(text: string): string {
  if (text.includes('\\')) throw new RangeError(`Temporal cannot be asked for a text with a backslash: ${text}`);
  return `'${text.replaceAll("'", "''")}'`;
}
