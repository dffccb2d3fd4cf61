import { EdgeReader } from '../../activities/bot/edge-reader';
import type { Said } from '../../contracts/edge-reading';
import { callReadingQuery } from '../../contracts/messages';
import type { CallUnderTest } from './call-harness';

/** Reads as the workers of this call do. */
export function readerOf({ handle }: CallUnderTest): EdgeReader {
  return new EdgeReader({ node: 'test', trunkOf: () => undefined, ask: () => handle.query(callReadingQuery) });
}

/** Payloads with what they mean, each with the parameters that those before it leave. */
export async function readFor(call: CallUnderTest, ...payloads: unknown[]): Promise<Required<Said>[]> {
  const edges = await readerOf(call).readInOrder(call.handle.workflowId, payloads);
  return payloads.map((payload, i) => {
    const edge = edges[i];
    if (!edge) throw new Error(`it was not read: ${JSON.stringify(payload)}`);
    return { payload, edge };
  });
}
