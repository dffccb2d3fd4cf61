import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { FAILURE } from '../../contracts/failures';
import { postOnce } from '../post-once';

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
      const fault = await postOnce(post, { url, headers: { 'x-call-id': callId }, body: data, timeoutMs });
      if (fault !== undefined) throw unreachable(fault);
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
