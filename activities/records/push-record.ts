import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { CallRecord } from '../../contracts/call-record';
import { FAILURE } from '../../contracts/failures';
import { heartbeating } from '../heartbeating';

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
      const signal = AbortSignal.any([cancellationSignal(), AbortSignal.timeout(timeoutMs)]);
      const headers = {
        'content-type': 'application/json',
        'idempotency-key': record.key,
        ...(push.token === undefined ? {} : { authorization: `Bearer ${push.token}` }),
      };
      const body = JSON.stringify(record);
      const request = { method: 'POST', headers, body, redirect: 'manual', signal } as const;
      const answer = await heartbeating(() => post(push.url, request)).catch((err: unknown) => {
        throw notTaken(err instanceof Error ? err.message : String(err));
      });
      await answer.body?.cancel();
      if (!answer.ok) throw notTaken(`answered ${answer.status}`);
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
