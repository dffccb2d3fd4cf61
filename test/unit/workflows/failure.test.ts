import { describe, expect, it } from '@jest/globals';
import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure } from '@temporalio/common';
import { failureText } from '../../../workflows/call/failure';

describe('failureText', () => {
  const failed = (cause: Error): ActivityFailure =>
    new ActivityFailure('Activity task failed', 'sendRegister', '1', RetryState.TIMEOUT, 'worker', cause);

  it.each([
    [
      new TimeoutFailure('activity ScheduleToClose timeout', undefined, 'SCHEDULE_TO_CLOSE'),
      'no worker carried it out in time',
    ],
    [new TimeoutFailure('activity Heartbeat timeout', undefined, 'HEARTBEAT'), 'no worker carried it out in time'],
    [new TimeoutFailure('activity StartToClose timeout', undefined, 'START_TO_CLOSE'), 'it took too long'],
    [ApplicationFailure.create({ message: 'the SIP server is not there' }), 'the SIP server is not there'],
  ])('of %s is in plain words', (cause, text) => {
    expect(failureText(failed(cause))).toBe(text);
  });
});
