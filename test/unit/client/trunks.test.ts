import { expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { trunksTable } from '../../../client/cli/format-trunks';
import { TrunksClient } from '../../../client/trunks';
import { registrationWorkflowId } from '../../../contracts/registration';

const REGISTERED = {
  node: 'here',
  login: '1000',
  state: 'up',
  registration: 'registered',
  since: '2026-11-22T00:00:00.000Z',
  target: 'sip:provider',
  failures: 0,
};

const ids = ['first@here', 'gone@here', 'lost@there'].map((name) => {
  const [trunk, node] = name.split('@') as [string, string];
  return registrationWorkflowId(trunk, node);
});

/** What the workflow of each trunk answers. */
function query(workflowId: string): Promise<object> {
  if (workflowId === ids[0]) return Promise.resolve({ trunk: 'first', ...REGISTERED });
  if (workflowId === ids[1]) return Promise.reject(new WorkflowNotFoundError('gone', workflowId, undefined));
  const noPoller = Object.assign(new Error('no poller'), { code: 9, details: '', metadata: {} });
  return Promise.reject(new ServiceError('Failed to query Workflow', { cause: noPoller }));
}

const client = {
  withDeadline: (_: number, run: () => Promise<unknown>) => run(),
  workflow: {
    list: () => ids.map((workflowId) => ({ workflowId })),
    count: () => Promise.resolve({ count: 2 }),
    getHandle: (workflowId: string) => ({ query: () => query(workflowId) }),
  },
} as unknown as Client;

it('lists the trunks of a node whose workers are away beside the others, and none that has just ended', async () => {
  const trunks = await new TrunksClient(client).list();
  expect(trunks).toEqual([
    { trunk: 'first', ...REGISTERED, calls: 2 },
    expect.objectContaining({ trunk: 'lost', node: 'there', state: 'down', registration: 'unknown' }),
  ]);
  expect(trunksTable(trunks)).toMatch(/^lost +there +down +unknown +0 +no worker of its node answers$/m);
});
