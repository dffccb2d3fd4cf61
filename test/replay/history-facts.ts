import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { HistoryJson } from '../../client/histories/anonymous-history';
import type { CallRecord } from '../../contracts/call-record';

const HISTORIES = path.join(__dirname, 'histories');

export const historyFiles = readdirSync(HISTORIES).filter((name) => name.endsWith('.json'));

export function readHistory(file: string): Required<HistoryJson> {
  return JSON.parse(readFileSync(path.join(HISTORIES, file), 'utf8')) as Required<HistoryJson>;
}

/** What a history tells of the way that its workflow went. */
export interface HistoryFacts {
  workflow: string;
  /** Of a call that has ended in this run. Records of older versions lack members. */
  record: Partial<CallRecord> | undefined;
  /** Activities that ran more than once. */
  repeated: Set<string>;
  /** What activities gave back, by their names. */
  results: Map<string, unknown[]>;
  /** `SCHEDULE_TO_START`: the worker that had the workflow in its cache was gone. `START_TO_CLOSE`: it was lost within a task. */
  taskTimeouts: Set<string>;
  signals: Set<string>;
  /** Names of updates that were taken. */
  updates: Set<string>;
  /** The call goes on in another run. */
  isContinued: boolean;
  activities: Set<string>;
}

interface Payloads {
  payloads?: { data?: string }[];
}

export function factsOf({ events }: Required<HistoryJson>): HistoryFacts {
  const attributes = <Kind extends object>(name: string): Kind[] =>
    events.flatMap((event) =>
      event[`${name}EventAttributes`] === undefined ? [] : [event[`${name}EventAttributes`] as Kind]
    );
  const scheduled = new Map(
    events.flatMap((event) => {
      const of = event['activityTaskScheduledEventAttributes'] as { activityType: { name: string } } | undefined;
      return of ? [[String(event['eventId']), of.activityType.name] as const] : [];
    })
  );
  const nameOf = ({ scheduledEventId }: { scheduledEventId: string }): string => scheduled.get(scheduledEventId) ?? '';
  const [started] = attributes<{ workflowType: { name: string } }>('workflowExecutionStarted');
  const workflow = started?.workflowType.name ?? '';
  const [completed] = attributes<{ result?: Payloads }>('workflowExecutionCompleted');
  const results = new Map<string, unknown[]>();
  for (const done of attributes<{ scheduledEventId: string; result?: Payloads }>('activityTaskCompleted'))
    results.set(nameOf(done), [...(results.get(nameOf(done)) ?? []), valueOf(done.result)]);
  return {
    workflow,
    record: completed && workflow === 'callWorkflow' ? (valueOf(completed.result) as Partial<CallRecord>) : undefined,
    repeated: new Set(
      attributes<{ scheduledEventId: string; attempt?: number }>('activityTaskStarted')
        .filter(({ attempt = 1 }) => attempt > 1)
        .map(nameOf)
    ),
    results,
    taskTimeouts: new Set(
      attributes<{ timeoutType: string }>('workflowTaskTimedOut').map(({ timeoutType }) =>
        timeoutType.replace('TIMEOUT_TYPE_', '')
      )
    ),
    signals: new Set(
      attributes<{ signalName: string }>('workflowExecutionSignaled').map(({ signalName }) => signalName)
    ),
    updates: new Set(
      attributes<{ acceptedRequest: { input: { name: string } } }>('workflowExecutionUpdateAccepted').map(
        ({ acceptedRequest }) => acceptedRequest.input.name
      )
    ),
    isContinued: attributes('workflowExecutionContinuedAsNew').length > 0,
    activities: new Set(scheduled.values()),
  };
}

function valueOf(payloads: Payloads | undefined): unknown {
  const data = payloads?.payloads?.[0]?.data;
  return data === undefined ? undefined : (JSON.parse(Buffer.from(data, 'base64').toString()) as unknown);
}
