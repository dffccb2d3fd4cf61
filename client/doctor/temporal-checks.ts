import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { optionalTsToMs } from '@temporalio/common/lib/time';
import { nodeTaskQueue } from '../../contracts/ids';
import type { ConnectedCalls } from '../connect';
import { inTime } from '../in-time';
import { createCommand, searchAttributeFaults } from '../search-attributes';
import { grpcCode } from '../temporal-failures';
import type { CheckResult } from './check';
import { fault, ok, reasonOf, skipped, warning } from './check';

type Temporal = Pick<ConnectedCalls, 'address' | 'namespace'> & {
  connection: Pick<Connection, 'workflowService' | 'operatorService' | 'withDeadline' | 'withAbortSignal'>;
};

/** google.rpc.Code */
const NOT_FOUND = 5;
const REQUEST_LIMIT_MS = 5000;

/** A worker's long poll lasts about a minute: one that asked longer ago is gone. */
const POLLER_LIMIT_MS = 90_000;

const SKEW_LIMIT_MS = 2000;
/** How long the clock check's poll is under way before it looks at the time that the server noted. */
const POLL_SETTLES_MS = 300;

export async function checkNamespace({ connection, address, namespace }: Temporal): Promise<CheckResult> {
  const name = 'Temporal';
  try {
    await inTime(connection, REQUEST_LIMIT_MS, () => connection.workflowService.describeNamespace({ namespace }));
    return ok(name, `${address}, namespace ${namespace}`);
  } catch (err) {
    if (grpcCode(err) === NOT_FOUND)
      return fault(
        name,
        `${address} has no namespace ${namespace}`,
        `set TEMPORAL_NAMESPACE, or run: temporal operator namespace create --namespace ${namespace}`
      );
    return fault(name, reasonOf(err), 'check TEMPORAL_ADDRESS and the other settings of the Temporal CLI');
  }
}

export async function checkSearchAttributes({ connection, namespace }: Temporal): Promise<CheckResult> {
  const name = 'search attributes';
  try {
    const { missing, mistyped } = await inTime(connection, REQUEST_LIMIT_MS, () =>
      searchAttributeFaults(connection, namespace)
    );
    if (missing.length > 0)
      return fault(name, `${missing.join(', ')} are not registered`, `run: ${createCommand(namespace, missing)}`);
    if (mistyped.length > 0)
      return fault(
        name,
        `${mistyped.join(', ')} are not of type Keyword`,
        'remove them from the namespace and create them again'
      );
    return ok(name, 'registered');
  } catch (err) {
    return skipped(name, `the server does not say: ${reasonOf(err)}`);
  }
}

export async function checkWorker({ connection, namespace }: Temporal, node: string): Promise<CheckResult> {
  const queue = nodeTaskQueue(node);
  const toDo = 'start a worker for this node, or look into its log';
  try {
    const pollers = await pollersOf(connection, namespace, queue);
    const latest = Math.max(...pollers.map(({ at }) => at));
    if (pollers.length === 0) return fault('worker', `none asks for the tasks of ${queue}`, toDo);
    const agoMs = Date.now() - latest;
    if (agoMs > POLLER_LIMIT_MS)
      return fault('worker', `the last one asked for tasks of ${queue} ${Math.round(agoMs / 1000)} s ago`, toDo);
    return ok('worker', `${queue}: ${pollers.map(({ identity }) => identity).join(', ')}`);
  } catch (err) {
    return skipped('worker', `the server does not say: ${reasonOf(err)}`);
  }
}

/**
 * Temporal tells its time in no answer, but it notes when a poller came. So a poll of a queue that nobody uses shows the difference of
 * the clocks, up to the time that the request was under way.
 */
export async function checkClock({ connection, namespace }: Temporal): Promise<CheckResult> {
  const name = 'clock';
  const queue = `durable-calls-doctor-${randomUUID()}`;
  const sentAt = Date.now();
  const enough = new AbortController();
  const poll = inTime(connection, REQUEST_LIMIT_MS, () =>
    connection.withAbortSignal(enough.signal, () =>
      connection.workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: queue }, identity: queue })
    )
  );
  poll.catch(() => undefined);
  try {
    await delay(POLL_SETTLES_MS);
    const [poller] = await pollersOf(connection, namespace, queue);
    if (!poller) return skipped(name, 'Temporal’s time could not be learned');
    const skewMs = poller.at - sentAt;
    if (Math.abs(skewMs) <= SKEW_LIMIT_MS) return ok(name, `within ${SKEW_LIMIT_MS / 1000} s of Temporal’s`);
    const direction = skewMs > 0 ? 'behind' : 'ahead of';
    return warning(
      name,
      `about ${Math.round(Math.abs(skewMs) / 1000)} s ${direction} Temporal’s`,
      'synchronise the clocks (NTP): times in records would be wrong'
    );
  } catch (err) {
    return skipped(name, `Temporal’s time could not be learned: ${reasonOf(err)}`);
  } finally {
    enough.abort();
  }
}

/** Of workflow tasks: the type that is meant when none is given. */
async function pollersOf(
  connection: Temporal['connection'],
  namespace: string,
  queue: string
): Promise<{ identity: string; at: number }[]> {
  const { pollers } = await inTime(connection, REQUEST_LIMIT_MS, () =>
    connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: queue },
    })
  );
  return pollers.map(({ identity, lastAccessTime }) => ({
    identity: identity ?? '',
    at: optionalTsToMs(lastAccessTime) ?? 0,
  }));
}
