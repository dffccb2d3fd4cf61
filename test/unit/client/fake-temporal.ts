import { jest } from '@jest/globals';
import type { Client, WorkflowHandle, WorkflowService } from '@temporalio/client';
import { CallsClient } from '../../../client/calls';

interface UpdateOptions {
  args: [unknown];
  updateId: string;
}

interface FakeTemporal {
  client: CallsClient;
  executeUpdate: jest.Mock<(update: unknown, options: UpdateOptions) => Promise<unknown>>;
  query: jest.Mock<(query: unknown) => Promise<unknown>>;
  describe: jest.Mock<() => Promise<unknown>>;
  getHandle: jest.Mock<(workflowId: string) => WorkflowHandle>;
  listWorkflowExecutions: jest.Mock<(request: object) => Promise<unknown>>;
}

/** A Temporal client whose answers a test decides, and a `CallsClient` on top of it. */
export function fakeTemporal(deadlineMs = 5000): FakeTemporal {
  const executeUpdate = jest.fn<(update: unknown, options: UpdateOptions) => Promise<unknown>>();
  const query = jest.fn<(query: unknown) => Promise<unknown>>();
  const describe = jest.fn<() => Promise<unknown>>();
  const getHandle = jest.fn(
    (workflowId: string) => ({ workflowId, executeUpdate, query, describe }) as unknown as WorkflowHandle
  );
  const listWorkflowExecutions = jest.fn<(request: object) => Promise<unknown>>();
  const temporal = {
    withDeadline: (_: number, request: () => Promise<unknown>) => request(),
    options: { namespace: 'calls' },
    workflow: { getHandle },
    workflowService: { listWorkflowExecutions } as unknown as WorkflowService,
  };
  const client = new CallsClient(temporal as unknown as Client, { deadlineMs });
  return { client, executeUpdate, query, describe, getHandle, listWorkflowExecutions };
}

/** An error as the Temporal client gives it for a gRPC status code. */
export const grpcError = (code: number): Error =>
  Object.assign(new Error(`${code}`), { code, details: 'details', metadata: { get: () => [] } });
/** A request that is never answered. */
export const never = (): Promise<never> => new Promise(() => undefined);
