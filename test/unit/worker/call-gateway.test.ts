import { describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { ApplicationFailure, WorkflowUpdateFailedError } from '@temporalio/client';
import type { CallInput } from '../../../contracts/call';
import type { CallId } from '../../../contracts/ids';
import { callerCancelledSignal } from '../../../contracts/messages';
import { CallGateway } from '../../../worker/ingress/call-gateway';

const log = { warn: () => undefined };
const callId = 'mfrggzdfmztwq2lk' as CallId;
const input = {
  callId,
  node: 'local',
  trunk: { id: 'trunk' },
  channel: { botId: 'bot' },
  invite: { caller: '1', callee: '2' },
} as unknown as CallInput;

/** What Temporal says when a workflow task comes back without a word on an update that was given with it. */
function unprocessed(): WorkflowUpdateFailedError {
  const cause = ApplicationFailure.nonRetryable('it was not processed', 'UnprocessedUpdate');
  return new WorkflowUpdateFailedError('Workflow Update failed', cause);
}

describe('a gateway to calls while Temporal is away', () => {
  it('asks again for the answer to the caller', async () => {
    let polls = 0;
    const result = (): Promise<{ sipStatus: number }> =>
      ++polls === 1 ? Promise.reject(new Error('Workflow Update Poll failed')) : Promise.resolve({ sipStatus: 200 });
    const client = { workflow: { startUpdateWithStart: () => Promise.resolve({ result }) } } as unknown as Client;
    const answering = await new CallGateway(client, log).open(input);
    await expect(answering()).resolves.toEqual({ sipStatus: 200 });
    expect(polls).toBe(2);
  });

  it('opens the call anew when no worker has looked at the question', async () => {
    let opened = 0;
    const answer = { result: () => Promise.resolve({ sipStatus: 200 }) };
    const lost = { result: () => Promise.reject(unprocessed()) };
    const startUpdateWithStart = (): Promise<object> => Promise.resolve(++opened === 1 ? lost : answer);
    const client = { workflow: { startUpdateWithStart } } as unknown as Client;
    const answering = await new CallGateway(client, log).open(input);
    await expect(answering()).resolves.toEqual({ sipStatus: 200 });
    expect(opened).toBe(2);
  });

  it('limits each try of a signal, so that its own retries go on', async () => {
    const deadlines: number[] = [];
    const client = {
      workflow: { getHandle: () => ({ signal: () => Promise.resolve() }) },
      withDeadline: (deadline: number, run: () => Promise<unknown>) => {
        deadlines.push(deadline - Date.now());
        return run();
      },
    } as unknown as Client;
    await expect(new CallGateway(client, log).signal(callId, callerCancelledSignal)).resolves.toBe('delivered');
    expect(deadlines).toHaveLength(1);
    expect(deadlines[0]).toBeLessThanOrEqual(2_000);
  });
});
