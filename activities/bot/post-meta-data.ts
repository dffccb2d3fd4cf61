import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { FAILURE } from '../../contracts/failures';
import { heartbeating } from '../heartbeating';

export interface PostMetaDataInput {
  url: string;
  callId: string;
  /** JSON text. */
  data: string;
  /** For one POST. */
  timeoutMs: number;
}

export interface MetaDataActivities {
  /**
   * POSTs a bot's metadata to its URL. Redirects are not followed.
   * @throws BotUnreachable for anything but a 2xx; repeated by the caller's policy
   */
  postMetaData(input: PostMetaDataInput): Promise<void>;
}

export function createMetaDataActivities(post: typeof fetch = fetch): MetaDataActivities {
  return {
    async postMetaData({ url, callId, data, timeoutMs }) {
      const signal = AbortSignal.any([cancellationSignal(), AbortSignal.timeout(timeoutMs)]);
      const headers = { 'content-type': 'application/json', 'x-call-id': callId };
      const request = { method: 'POST', headers, body: data, redirect: 'manual', signal } as const;
      const answer = await heartbeating(() => post(url, request)).catch((err: unknown) => {
        throw unreachable(err instanceof Error ? err.message : String(err));
      });
      await answer.body?.cancel();
      if (!answer.ok) throw unreachable(`answered ${answer.status}`);
    },
  };
}

function unreachable(reason: string): ApplicationFailure {
  const category = ApplicationFailureCategory.BENIGN;
  return ApplicationFailure.create({
    type: FAILURE.BOT_UNREACHABLE,
    message: `metadata was not taken: ${reason}`,
    category,
  });
}
