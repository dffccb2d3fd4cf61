import { describe, expect, it } from '@jest/globals';
import { historyFacts } from '../../../launch/demo/history';

type Events = Parameters<typeof historyFacts>[0];

function activity(scheduledEventId: number, type: string): Events {
  return [
    { eventId: scheduledEventId, activityTaskScheduledEventAttributes: { activityType: { name: type } } },
    { eventId: scheduledEventId + 1, activityTaskCompletedEventAttributes: { scheduledEventId } },
  ] as unknown as Events;
}

function localActivity(type: string, failure?: object): Events {
  const data = { payloads: [{ data: Buffer.from(JSON.stringify({ activity_type: type })) }] };
  const details = failure ? { data } : { data, result: { payloads: [{}] } };
  const marker = { markerName: 'core_local_activity', details, ...(failure && { failure }) };
  return [{ markerRecordedEventAttributes: marker }];
}

describe('the facts of a history', () => {
  it('count completed activities by type, local ones too', () => {
    const events = [...activity(5, 'sendRefer'), ...activity(9, 'sendRefer'), ...localActivity('writeRecord')];
    expect(historyFacts(events).completedActivities).toEqual({ sendRefer: 2, writeRecord: 1 });
  });

  it('do not count what was only scheduled or failed', () => {
    const events = [...activity(5, 'sendRefer').slice(0, 1), ...localActivity('writeRecord', { message: 'disk full' })];
    expect(historyFacts(events).completedActivities).toEqual({});
  });

  it('name the run', () => {
    const started = { workflowExecutionStartedEventAttributes: { originalExecutionRunId: 'run' } };
    expect(historyFacts([started]).runId).toBe('run');
    expect(historyFacts([]).runId).toBeUndefined();
  });

  it('say whether the workflow completed', () => {
    expect(historyFacts([]).isCompleted).toBe(false);
    expect(historyFacts([{ workflowExecutionCompletedEventAttributes: {} }]).isCompleted).toBe(true);
  });
});
