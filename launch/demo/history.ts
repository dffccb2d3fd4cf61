import type { Client } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils';
import type { HistoryFacts } from './evidence';

type HistoryEvent = NonNullable<History['events']>[number];

/** What the SDKs call the marker that keeps a local activity. */
const LOCAL_ACTIVITY_MARKER = 'core_local_activity';

/** Counts what a workflow's history says. @returns undefined when there is no such workflow */
export async function readHistory(client: Client, workflowId: string): Promise<HistoryFacts | undefined> {
  const history = await client.workflow
    .getHandle(workflowId)
    .fetchHistory()
    .catch(() => undefined);
  return history && historyFacts(history.events ?? []);
}

/** @param events all of one run, in order */
export function historyFacts(events: readonly HistoryEvent[]): HistoryFacts {
  const scheduled = new Map(
    events.map((event) => [String(event.eventId), event.activityTaskScheduledEventAttributes?.activityType?.name])
  );
  const completedActivities: Record<string, number> = {};
  for (const event of events) {
    const completed = event.activityTaskCompletedEventAttributes;
    const type = completed ? scheduled.get(String(completed.scheduledEventId)) : completedLocalActivity(event);
    if (type) completedActivities[type] = (completedActivities[type] ?? 0) + 1;
  }
  const isCompleted = events.some((event) => Boolean(event.workflowExecutionCompletedEventAttributes));
  const runId = events[0]?.workflowExecutionStartedEventAttributes?.originalExecutionRunId;
  return { isCompleted, completedActivities, ...(runId && { runId }) };
}

/** @returns the type of the local activity whose success the event records */
function completedLocalActivity({ markerRecordedEventAttributes: marker }: HistoryEvent): string | undefined {
  if (marker?.markerName !== LOCAL_ACTIVITY_MARKER || marker.failure || !marker.details?.result) return undefined;
  const data = marker.details.data?.payloads?.[0]?.data;
  if (!data) return undefined;
  const { activity_type: type } = JSON.parse(Buffer.from(data).toString()) as { activity_type?: string };
  return type;
}

/** Resolves when the workflow has ended in any way or `timeoutMs` have passed. */
export async function waitForEnd(client: Client, workflowId: string, timeoutMs: number): Promise<void> {
  const ended = client.workflow
    .getHandle(workflowId)
    .result()
    .catch(() => undefined);
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())]);
}
