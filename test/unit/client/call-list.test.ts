import { describe, it, expect } from '@jest/globals';
import { defaultPayloadConverter, TypedSearchAttributes } from '@temporalio/common';
import { encodeUnifiedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes';
import { msToTs } from '@temporalio/common/lib/time';
import type { CallListFilter } from '../../../client/call-list';
import { InvalidPageToken, TemporalUnavailable } from '../../../client/errors';
import { callSearchAttributes, STARTED_AT_MEMO } from '../../../contracts/search-attributes';
import { fakeTemporal, grpcError, never } from './fake-temporal';

const callId = 'mfrggzdfmztwq2lk';

describe('CallsClient.list', () => {
  const startMs = Date.UTC(2025, 0, 2, 3, 4, 5, 6);
  const { phase, trunk, channel, caller, callee, outcome } = callSearchAttributes;

  const execution = (workflowId: string, pairs: { key: typeof phase; value: string }[], closeMs?: number): object => ({
    execution: { workflowId, runId: 'r' },
    searchAttributes: { indexedFields: encodeUnifiedSearchAttributes(undefined, new TypedSearchAttributes(pairs)) },
    startTime: msToTs(startMs),
    ...(closeMs === undefined ? {} : { closeTime: msToTs(closeMs) }),
  });

  const facts = [
    { key: trunk, value: 'demo' },
    { key: channel, value: 'demo-bot' },
    { key: caller, value: '+4930123' },
    { key: callee, value: '1000' },
  ];
  const item = {
    callId,
    trunk: 'demo',
    botId: 'demo-bot',
    caller: '+4930123',
    callee: '1000',
    startedAt: '2025-01-02T03:04:05.006Z',
  };

  it('shows calls by their search attributes', async () => {
    const { client, listWorkflowExecutions } = fakeTemporal();
    const executions = [
      execution(`call-${callId}`, [...facts, { key: phase, value: 'grace' }]),
      execution(
        `call-${callId}`,
        [...facts, { key: phase, value: 'ended' }, { key: outcome, value: 'error' }],
        startMs
      ),
      execution('order-1', facts),
    ];
    listWorkflowExecutions.mockResolvedValue({ executions, nextPageToken: Buffer.from([]) });
    expect(await client.list()).toEqual({
      calls: [
        { ...item, phase: 'grace' },
        { ...item, phase: 'ended', endedAt: item.startedAt, outcome: 'error' },
      ],
    });
    expect(listWorkflowExecutions).toHaveBeenCalledWith({
      namespace: 'calls',
      query: "WorkflowType = 'callWorkflow' AND ExecutionStatus != 'ContinuedAsNew'",
      pageSize: 50,
    });
  });

  it('dates a call that went on in further runs from its first one', async () => {
    const { client, listWorkflowExecutions } = fakeTemporal();
    const first = '2025-01-01T00:00:00.000Z';
    const memo = { fields: { [STARTED_AT_MEMO]: defaultPayloadConverter.toPayload(first) } };
    const executions = [{ ...execution(`call-${callId}`, facts), memo }];
    listWorkflowExecutions.mockResolvedValue({ executions, nextPageToken: Buffer.from([]) });
    expect(await client.list()).toMatchObject({ calls: [{ startedAt: first }] });
  });

  it('calls a terminated call ended, whatever its phase was', async () => {
    const { client, listWorkflowExecutions } = fakeTemporal();
    const executions = [execution(`call-${callId}`, [{ key: phase, value: 'ringing' }], startMs)];
    listWorkflowExecutions.mockResolvedValue({ executions, nextPageToken: Buffer.from([]) });
    expect(await client.list()).toMatchObject({ calls: [{ phase: 'ended' }] });
  });

  it('passes page tokens on unchanged', async () => {
    const { client, listWorkflowExecutions } = fakeTemporal();
    const token = Buffer.from([0, 255, 62, 63]);
    listWorkflowExecutions.mockResolvedValue({ executions: [], nextPageToken: token });
    const { nextPageToken } = await client.list({ pageSize: 1 });
    await client.list({ pageSize: 1, nextPageToken: nextPageToken! });
    expect(listWorkflowExecutions).toHaveBeenLastCalledWith(
      expect.objectContaining({ pageSize: 1, nextPageToken: token })
    );
  });

  it.each([
    ['ringing', " AND CallPhase = 'ringing' AND ExecutionStatus = 'Running'"],
    ['ended', " AND (CallPhase = 'ended' OR ExecutionStatus != 'Running')"],
  ] as const)('finds the calls that are %s', async (wanted, condition) => {
    const { client, listWorkflowExecutions } = fakeTemporal();
    listWorkflowExecutions.mockResolvedValue({ executions: [], nextPageToken: Buffer.from([]) });
    await client.list({ phase: wanted });
    const query = expect.stringMatching(new RegExp(`${condition.replace(/[()]/g, '\\$&')}$`));
    expect(listWorkflowExecutions).toHaveBeenCalledWith(expect.objectContaining({ query }));
  });

  it('finds the calls of a channel, and those whose ids begin so', async () => {
    const { client, listWorkflowExecutions } = fakeTemporal();
    listWorkflowExecutions.mockResolvedValue({ executions: [], nextPageToken: Buffer.from([]) });
    await client.list({ botId: 'demo-bot', idPrefix: 'mfrg' });
    const query = expect.stringMatching(/ AND CallChannel = 'demo-bot' AND WorkflowId STARTS_WITH 'call-mfrg'$/);
    expect(listWorkflowExecutions).toHaveBeenCalledWith(expect.objectContaining({ query }));
  });

  it.each([{ botId: "a' OR 'a' = 'a" }, { idPrefix: "a'" }])(
    'finds nothing by %j, and does not ask',
    async (filter) => {
      const { client, listWorkflowExecutions } = fakeTemporal();
      expect(await client.list(filter)).toEqual({ calls: [] });
      expect(listWorkflowExecutions).not.toHaveBeenCalled();
    }
  );

  it('goes through every page', async () => {
    const { client, listWorkflowExecutions } = fakeTemporal();
    const page = (next: string): object => ({
      executions: [execution(`call-${callId}`, facts)],
      nextPageToken: Buffer.from(next),
    });
    listWorkflowExecutions.mockResolvedValueOnce(page('second')).mockResolvedValueOnce(page(''));
    const found = [];
    for await (const call of client.all({ pageSize: 1 })) found.push(call.callId);
    expect(found).toEqual([callId, callId]);
    expect(listWorkflowExecutions).toHaveBeenCalledTimes(2);
  });

  it('refuses a page token that was not issued for this list', async () => {
    const { client, listWorkflowExecutions } = fakeTemporal();
    listWorkflowExecutions.mockResolvedValue({ executions: [], nextPageToken: Buffer.from('token') });
    const { nextPageToken = '' } = await client.list({ phase: 'ringing' });
    for (const filter of [
      { nextPageToken },
      { phase: 'ringing', nextPageToken: `A${nextPageToken}` },
      { nextPageToken: 'z' },
    ])
      await expect(client.list(filter as CallListFilter)).rejects.toBeInstanceOf(InvalidPageToken);
    expect(listWorkflowExecutions).toHaveBeenCalledTimes(1);
  });

  it('says that Temporal is away', async () => {
    const { client, listWorkflowExecutions } = fakeTemporal(20);
    listWorkflowExecutions.mockRejectedValueOnce(grpcError(14));
    await expect(client.list()).rejects.toBeInstanceOf(TemporalUnavailable);
    listWorkflowExecutions.mockImplementationOnce(never);
    await expect(client.list()).rejects.toBeInstanceOf(TemporalUnavailable);
  });
});
