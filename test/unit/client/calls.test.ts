import { describe, it, expect } from '@jest/globals';
import { ApplicationFailure, ServiceError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import {
  CallNotFound,
  CallNotReady,
  InvalidActivity,
  TemporalUnavailable,
  TransferInProgress,
} from '../../../client/errors';
import { TypedSearchAttributes } from '@temporalio/common';
import { FAILURE } from '../../../contracts/failures';
import { callStateQuery, endCallUpdate, sendActivitiesUpdate } from '../../../contracts/messages';
import { callSearchAttributes } from '../../../contracts/search-attributes';
import { fakeTemporal, grpcError, never } from './fake-temporal';

const callId = 'mfrggzdfmztwq2lk';
const receipts = [{ id: 'a1', name: 'transfer', status: 'accepted', attemptId: 't1' }];

const refusal = (type: string, message = 'refused', details: unknown[] = []): Error =>
  new WorkflowUpdateFailedError('Workflow Update failed', ApplicationFailure.create({ type, message, details }));
const transfer = { type: 'event', name: 'transfer', id: 'a1', activityParams: { transferTarget: '1000' } };

describe('CallsClient.sendActivities', () => {
  it('updates the workflow of the call and gives back the receipts', async () => {
    const { client, executeUpdate, getHandle } = fakeTemporal();
    executeUpdate.mockResolvedValue(receipts);
    expect(await client.sendActivities(callId, transfer)).toEqual(receipts);
    expect(getHandle).toHaveBeenCalledWith(`call-${callId}`);
    expect(executeUpdate).toHaveBeenCalledWith(sendActivitiesUpdate, {
      args: [transfer],
      updateId: expect.stringMatching(/^activities-/),
    });
  });

  const updateIdOf = async (payload: unknown): Promise<string> => {
    const { client, executeUpdate } = fakeTemporal();
    executeUpdate.mockResolvedValue(receipts);
    await client.sendActivities(callId, payload);
    return executeUpdate.mock.calls[0]![1].updateId;
  };

  it('sends a repeat of activities with ids as the same request, in whatever form', async () => {
    const first = await updateIdOf(transfer);
    expect(await updateIdOf({ activities: [transfer] })).toBe(first);
    expect(await updateIdOf([transfer])).toBe(first);
    expect(await updateIdOf({ ...transfer, id: 'a2' })).not.toBe(first);
    expect(await updateIdOf({ ...transfer, activityParams: { transferTarget: '2000' } })).not.toBe(first);
  });

  it.each([[{ ...transfer, id: undefined }], [[transfer, { type: 'event', name: 'hangup' }]]])(
    'sends each %j as a request of its own',
    async (payload) => {
      expect(await updateIdOf(payload)).not.toBe(await updateIdOf(payload));
    }
  );

  it('hands the faults of bad activities on', async () => {
    const faults = [{ path: 'activities[0].name', message: 'is missing' }];
    const { client, executeUpdate } = fakeTemporal();
    executeUpdate.mockRejectedValue(refusal(FAILURE.INVALID_ACTIVITY, 'bad', [faults]));
    const error = await client.sendActivities(callId, transfer).catch((err: unknown) => err);
    expect(error).toBeInstanceOf(InvalidActivity);
    expect(error).toMatchObject({ faults });
  });

  it('refuses what no call would take without asking the call', async () => {
    const { client, executeUpdate } = fakeTemporal();
    await expect(client.sendActivities(callId, 42)).rejects.toBeInstanceOf(InvalidActivity);
    await expect(client.sendActivities(callId, [])).rejects.toBeInstanceOf(InvalidActivity);
    expect(executeUpdate).not.toHaveBeenCalled();
  });

  it.each([
    [FAILURE.CALL_NOT_READY, CallNotReady],
    [FAILURE.TRANSFER_IN_PROGRESS, TransferInProgress],
  ])('tells %s from other refusals', async (type, kind) => {
    const { client, executeUpdate } = fakeTemporal();
    executeUpdate.mockRejectedValue(refusal(type, 'not now'));
    const error = await client.sendActivities(callId, transfer).catch((err: unknown) => err);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ message: 'not now' });
  });

  it('asks anew when Temporal repeats an earlier refusal', async () => {
    const { client, executeUpdate } = fakeTemporal();
    executeUpdate.mockRejectedValueOnce(refusal(FAILURE.TRANSFER_IN_PROGRESS)).mockResolvedValueOnce(receipts);
    expect(await client.sendActivities(callId, transfer)).toEqual(receipts);
    const [first, second] = executeUpdate.mock.calls.map(([, { updateId }]) => updateId);
    expect(second).not.toBe(first);
  });

  it('asks again when no worker has looked at what was asked', async () => {
    const { client, executeUpdate } = fakeTemporal();
    executeUpdate.mockRejectedValueOnce(refusal('UnprocessedUpdate')).mockResolvedValueOnce(receipts);
    await expect(client.sendActivities(callId, transfer)).resolves.toEqual(receipts);
    executeUpdate.mockRejectedValue(refusal('UnprocessedUpdate'));
    await expect(client.sendActivities(callId, transfer)).rejects.toBeInstanceOf(TemporalUnavailable);
  });

  it.each([
    ['that is not known', new WorkflowNotFoundError('not found', `call-${callId}`, undefined)],
    ['that ended meanwhile', refusal('AcceptedUpdateCompletedWorkflow')],
  ])('does not find a call %s', async (_, cause) => {
    const { client, executeUpdate } = fakeTemporal();
    executeUpdate.mockRejectedValue(cause);
    await expect(client.sendActivities(callId, transfer)).rejects.toThrow(new CallNotFound(callId));
  });

  it('does not ask Temporal for what is no call id', async () => {
    const { client, getHandle } = fakeTemporal();
    await expect(client.sendActivities("x' OR 1=1", transfer)).rejects.toBeInstanceOf(CallNotFound);
    expect(getHandle).not.toHaveBeenCalled();
  });

  it('gives up at its own deadline', async () => {
    const { client, executeUpdate } = fakeTemporal(20);
    executeUpdate.mockImplementation(never);
    await expect(client.sendActivities(callId, transfer)).rejects.toBeInstanceOf(TemporalUnavailable);
  });

  it('leaves a failure that it does not know as it is', async () => {
    const { client, executeUpdate } = fakeTemporal();
    const failure = refusal('SomethingElse');
    executeUpdate.mockRejectedValue(failure);
    await expect(client.sendActivities(callId, transfer)).rejects.toBe(failure);
  });
});

describe('CallsClient.transfer and hangup', () => {
  it('send one activity each', async () => {
    const { client, executeUpdate } = fakeTemporal();
    executeUpdate.mockResolvedValue(receipts);
    expect(await client.transfer(callId, { transferTarget: '1000' }, 'a1')).toEqual(receipts[0]);
    expect(executeUpdate.mock.calls[0]![1].args).toEqual([transfer]);
    await client.hangup(callId, 'done', 'a2');
    expect(executeUpdate.mock.calls[1]![1].args).toEqual([
      { type: 'event', name: 'hangup', id: 'a2', activityParams: { hangupReason: 'done' } },
    ]);
    await client.hangup(callId);
    expect(executeUpdate.mock.calls[2]![1].args).toEqual([
      { type: 'event', name: 'hangup', id: expect.any(String), activityParams: {} },
    ]);
  });
});

describe('CallsClient.get', () => {
  it('asks the call for its state', async () => {
    const { client, query } = fakeTemporal();
    query.mockResolvedValue({ callId });
    expect(await client.get(callId)).toEqual({ callId });
    expect(query).toHaveBeenCalledWith(callStateQuery);
  });

  it.each([
    ['UNAVAILABLE', 14],
    ['DEADLINE_EXCEEDED', 4],
    ['FAILED_PRECONDITION, as without a worker', 9],
  ])('says that Temporal is away on %s', async (_, code) => {
    const { client, query } = fakeTemporal();
    query.mockRejectedValue(new ServiceError('Failed to query Workflow', { cause: grpcError(code) }));
    await expect(client.get(callId)).rejects.toBeInstanceOf(TemporalUnavailable);
  });

  it('leaves PERMISSION_DENIED as it is', async () => {
    const { client, query } = fakeTemporal();
    const denied = new ServiceError('Failed to query Workflow', { cause: grpcError(7) });
    query.mockRejectedValue(denied);
    await expect(client.get(callId)).rejects.toBe(denied);
  });
});

describe('CallsClient.end', () => {
  it('ends the call on the operator’s word', async () => {
    const { client, executeUpdate } = fakeTemporal();
    await client.end(callId, 'enough');
    expect(executeUpdate.mock.lastCall).toEqual([endCallUpdate, { args: [{ reason: 'enough' }] }]);
    await client.end(callId);
    expect(executeUpdate.mock.lastCall).toEqual([endCallUpdate, { args: [{}] }]);
  });

  it('does not find a call that is over', async () => {
    const { client, executeUpdate } = fakeTemporal();
    executeUpdate.mockRejectedValue(new WorkflowNotFoundError('not found', `call-${callId}`, undefined));
    await expect(client.end(callId)).rejects.toBeInstanceOf(CallNotFound);
  });
});

describe('CallsClient.channelOf', () => {
  it('is told by the call’s search attribute', async () => {
    const { client, describe: describeWorkflow } = fakeTemporal();
    const pairs = [{ key: callSearchAttributes.channel, value: 'demo-bot' }];
    describeWorkflow.mockResolvedValueOnce({ typedSearchAttributes: new TypedSearchAttributes(pairs) });
    expect(await client.channelOf(callId)).toBe('demo-bot');
    describeWorkflow.mockResolvedValueOnce({ typedSearchAttributes: new TypedSearchAttributes([]) });
    expect(await client.channelOf(callId)).toBeUndefined();
    describeWorkflow.mockRejectedValueOnce(new WorkflowNotFoundError('not found', `call-${callId}`, undefined));
    await expect(client.channelOf(callId)).rejects.toBeInstanceOf(CallNotFound);
  });
});

describe('CallsClient.watch', () => {
  it('tells what happens on the call until it ends', async () => {
    const { client, query } = fakeTemporal();
    const end = { reasonCode: 'transferred', reason: 'done', by: 'transfer' };
    query.mockResolvedValue({ phase: 'ended', timeline: [{ n: 1 }, { n: 2 }], end });
    const heard = [];
    for await (const event of await client.watch(callId, { after: 1 })) heard.push(event);
    expect(heard).toEqual([
      { kind: 'timeline', entry: { n: 2 } },
      { kind: 'end', end },
    ]);
  });

  it('does not ask Temporal for what is no call id', async () => {
    const { client, query } = fakeTemporal();
    await expect(client.watch('call-1')).rejects.toBeInstanceOf(CallNotFound);
    expect(query).not.toHaveBeenCalled();
  });
});
