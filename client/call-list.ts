import { createHash } from 'node:crypto';
import type { WorkflowService } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { decodeTypedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes';
import { requiredTsToDate, optionalTsToDate } from '@temporalio/common/lib/time';
import type { CallPhase } from '../contracts/call';
import type { CallId } from '../contracts/ids';
import { callIdOfWorkflow } from '../contracts/ids';
import { IS_RUNNING, quoted } from '../contracts/list-query';
import { CALL_WORKFLOW_TYPE } from '../contracts/messages';
import { callSearchAttributes, STARTED_AT_MEMO } from '../contracts/search-attributes';
import { InvalidPageToken } from './errors';

export interface CallListFilter {
  phase?: CallPhase;
  /** Calls of this channel only. */
  botId?: string;
  /** Calls that are up, or ended since then, ISO 8601 in UTC. */
  upSince?: string;
  /** Calls whose id begins so. */
  idPrefix?: string;
  /** 1 to 200, default 50. */
  pageSize?: number;
  /** `nextPageToken` of the page before, with the same filter. */
  nextPageToken?: string;
}

/** A call as the list shows it. Times are ISO 8601 in UTC. */
export interface CallListItem {
  callId: CallId;
  phase: CallPhase;
  trunk: string;
  botId: string;
  caller: string;
  callee: string;
  startedAt: string;
  endedAt?: string;
  /** `reasonCode` of the end of the call. */
  outcome?: string;
}

export interface CallListPage {
  calls: CallListItem[];
  /** Absent on the last page. */
  nextPageToken?: string;
}

const DEFAULT_PAGE_SIZE = 50;

type ListResponse = Awaited<ReturnType<WorkflowService['listWorkflowExecutions']>>;
type ListedExecution = ListResponse['executions'][number];

/** What ids are made of: no call has one with anything else in it. */
const PLAIN_TEXT = /^[A-Za-z0-9._-]*$/;

/** @returns the visibility query of a list; undefined when nothing can match. Runs that went on as new ones are not calls of their own. */
function listQuery({ phase, botId, idPrefix, upSince }: CallListFilter): string | undefined {
  if (!PLAIN_TEXT.test(botId ?? '') || !PLAIN_TEXT.test(idPrefix ?? '')) return undefined;
  const { phase: phaseKey, channel: channelKey } = callSearchAttributes;
  return [
    `WorkflowType = ${quoted(CALL_WORKFLOW_TYPE)} AND ExecutionStatus != 'ContinuedAsNew'`,
    ...(botId === undefined ? [] : [`${channelKey.name} = ${quoted(botId)}`]),
    ...(upSince === undefined ? [] : [`(${IS_RUNNING} OR CloseTime >= ${quoted(new Date(upSince).toISOString())})`]),
    ...(idPrefix === undefined ? [] : [`WorkflowId STARTS_WITH ${quoted(`call-${idPrefix}`)}`]),
    ...(phase === undefined ? [] : [phaseQuery(phaseKey.name, phase)]),
  ].join(' AND ');
}

/** A call whose workflow was terminated keeps the phase it had. */
function phaseQuery(name: string, phase: CallPhase): string {
  if (phase === 'ended') return `(${name} = 'ended' OR ExecutionStatus != 'Running')`;
  return `${name} = ${quoted(phase)} AND ${IS_RUNNING}`;
}

/** Lists calls, those that are up before those that ended, from search attributes alone: no history is opened. */
export async function listCalls(
  service: Pick<WorkflowService, 'listWorkflowExecutions'>,
  namespace: string,
  { pageSize = DEFAULT_PAGE_SIZE, nextPageToken, ...filter }: CallListFilter
): Promise<CallListPage> {
  const query = listQuery(filter);
  if (query === undefined) return { calls: [] };
  const response = await service.listWorkflowExecutions({
    namespace,
    query,
    pageSize,
    ...(nextPageToken === undefined ? {} : { nextPageToken: readPageToken(nextPageToken, query) }),
  });
  const next = Buffer.from(response.nextPageToken);
  const calls = response.executions.map(listItem).filter((item) => item !== undefined);
  return { calls, ...(next.length === 0 ? {} : { nextPageToken: pageToken(next, query) }) };
}

const CHECK_BYTES = 6;

/** Temporal's token behind a check of it and the query: Temporal answers a token that it did not make as if it were out of order. */
function pageToken(token: Buffer, query: string): string {
  return Buffer.concat([checkOf(token, query), token]).toString('base64url');
}

function readPageToken(text: string, query: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  const token = bytes.subarray(CHECK_BYTES);
  if (!bytes.subarray(0, CHECK_BYTES).equals(checkOf(token, query)))
    throw new InvalidPageToken('was not issued for this list');
  return token;
}

function checkOf(token: Buffer, query: string): Buffer {
  return createHash('sha256').update(query).update('\n').update(token).digest().subarray(0, CHECK_BYTES);
}

/** Later runs of a long call carry the start of the first one. */
function firstStart({ memo }: ListedExecution): string | undefined {
  const startedAt = memo?.fields?.[STARTED_AT_MEMO];
  return startedAt ? defaultPayloadConverter.fromPayload<string>(startedAt) : undefined;
}

function listItem(execution: ListedExecution): CallListItem | undefined {
  const callId = callIdOfWorkflow(execution.execution?.workflowId ?? '');
  if (callId === undefined) return undefined;
  const attributes = decodeTypedSearchAttributes(execution.searchAttributes?.indexedFields);
  const endedAt = optionalTsToDate(execution.closeTime);
  const outcome = attributes.get(callSearchAttributes.outcome);
  const phase = attributes.get(callSearchAttributes.phase) as CallPhase | undefined;
  return {
    callId,
    phase: endedAt ? 'ended' : (phase ?? 'arriving'),
    trunk: attributes.get(callSearchAttributes.trunk) ?? '',
    botId: attributes.get(callSearchAttributes.channel) ?? '',
    caller: attributes.get(callSearchAttributes.caller) ?? '',
    callee: attributes.get(callSearchAttributes.callee) ?? '',
    startedAt: firstStart(execution) ?? requiredTsToDate(execution.startTime, 'startTime').toISOString(),
    ...(endedAt ? { endedAt: endedAt.toISOString() } : {}),
    ...(outcome === undefined ? {} : { outcome }),
  };
}
