import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { CallRecord } from '../../contracts/call-record';
import { FAILURE } from '../../contracts/failures';
import { postOnce } from '../post-once';

export interface RecordPushActivities {
  /**
   * POSTs the record to the configured URL, with its key as `Idempotency-Key`. Redirects are not followed.
   * @throws RecordNotTaken for anything but a 2xx; repeated by the caller's policy
   */
  pushRecord(record: CallRecord): Promise<void>;
}

export interface RecordPushOptions {
  /** Absent: a worker that has none configured; another one of the node may. */
  push?: { url: string; token?: string };
  fetch?: typeof fetch;
  /** For one POST. Default 10000. */
  timeoutMs?: number;
}

export function createRecordPushActivities({
  push,
  timeoutMs = 10_000,
  ...options
}: RecordPushOptions): RecordPushActivities {
  const post = options.fetch ?? fetch;
  return {
    async pushRecord(record) {
      if (!push) throw notTaken('this worker has no records.push');
      const { url, token } = push;
      const headers = {
        'idempotency-key': record.key,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      };
      const fault = await postOnce(post, { url, headers, body: JSON.stringify(record), timeoutMs });
      if (fault !== undefined) throw notTaken(fault);
    },
  };
}

function notTaken(reason: string): ApplicationFailure {
  const category = ApplicationFailureCategory.BENIGN;
  return ApplicationFailure.create({
    type: FAILURE.RECORD_NOT_TAKEN,
    message: `the record was not taken: ${reason}`,
    category,
  });
}
