import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import type { ReadActivities } from '../../contracts/activities-read';
import type { BotEventsBody } from '../../contracts/bot-events';
import type { DialectName } from '../../contracts/dialects';
import { dialectNamed, isAnswer } from '../../contracts/dialects';
import type { BotAnswers } from '../../contracts/edge-reading';
import { FAILURE } from '../../contracts/failures';
import type { ReadContext } from '../../contracts/read-context';
import { isUnreadAnswer } from '../../contracts/unread-answer';
import { causeText } from '../fetch-failure';
import { isFinalRefusal } from '../final-refusal';
import { heartbeating } from '../heartbeating';
import type { Log } from '../log';
import type { EdgeReader } from './edge-reader';
import { saidBy } from './edge-reader';
import { readAndName } from './read-and-name';
import type { TrunkOfChannel } from './transfer-trunk';
import { webhookAnswer } from './webhook-answer';

export interface PostEventsInput {
  /** `http:` or `https:` URL of the bot channel. */
  webhook: string;
  body: BotEventsBody;
  /** The bot's words. Default: the Bot API's. */
  dialect?: DialectName | undefined;
  /** BCP 47 tag. Default `en-US`. */
  language?: string | undefined;
  sendEventsToBot?: readonly string[] | undefined;
  /** Answers may be read already. Absent: asked for by a worker of an older version. */
  takesReadings?: true;
}

export interface BotActivities {
  /** Validates what a bot sent. Faults are a result: they never harm the call. */
  readActivities(payload: unknown, context: ReadContext): Promise<ReadActivities>;
  /**
   * POSTs events to the bot's webhook in the bot's words; any 2xx takes them. Where the framework takes one event at a time, a retry goes on
   * with the first that was not taken. A repeat sends the same body, so a bot knows a repeated event by its id.
   * @returns what the bot asks for in its answers, in order; nothing when it asks for nothing; payloads where readings are not taken
   * @throws BotUnreachable, not retryable when the bot refused the events for good
   */
  postEvents(input: PostEventsInput): Promise<BotAnswers | unknown[] | undefined>;
}

export interface BotActivitiesOptions {
  fetch?: typeof fetch;
  /** For one POST, from the connection to the end of the answer. Default 5000. */
  timeoutMs?: number;
  log: Pick<Log, 'warn'>;
  /** Finds what `transferChannel` names. Default: nothing is known. */
  trunkOf?: TrunkOfChannel;
  /** Reads answers. Default: they are left to the workflow. */
  reader?: Pick<EdgeReader, 'readInOrder'>;
}

/** How far a delivery has come, for the attempt after this one. */
interface Progress {
  taken: number;
  answers: unknown[];
}

export function createBotActivities({ timeoutMs = 5000, log, ...options }: BotActivitiesOptions): BotActivities {
  const post = options.fetch ?? fetch;
  return {
    readActivities: (payload, context) => Promise.resolve(readAndName(payload, context, options.trunkOf)),

    async postEvents(input) {
      const bodies = bodiesOf(input);
      const progress: Progress = { taken: 0, answers: [], ...(activityInfo().heartbeatDetails as Partial<Progress>) };
      const { answers } = progress;
      const deliverAll = async (): Promise<void> => {
        for (const body of bodies.slice(progress.taken)) {
          const answer = await deliver(input, body);
          if (isUnreadAnswer(answer) || isAnswer(answer, input.dialect)) answers.push(answer);
          progress.taken += 1;
          if (bodies.length > 1) heartbeat({ ...progress });
        }
      };
      await heartbeating(deliverAll, () => ({ ...progress }));
      if (answers.length === 0) return undefined;
      if (input.takesReadings !== true) return answers;
      return { said: await saidBy(options.reader, input.body.conversation, answers) };
    },
  };

  async function deliver(
    { webhook, body: { conversation: callId } }: PostEventsInput,
    body: unknown
  ): Promise<unknown> {
    const cancellation = cancellationSignal();
    const signal = AbortSignal.any([cancellation, AbortSignal.timeout(timeoutMs)]);
    const answer = await sendJson(post, webhook, body, signal).catch((err: unknown) => {
      if (cancellation.aborted) throw cancelled(cancellation);
      log.warn({ err, callId }, 'bot webhook unreachable');
      throw unreachable(`webhook did not answer: ${causeText(err)}`, false);
    });
    // The status is known by now, so a fault of the body changes nothing of it.
    const said = await webhookAnswer(answer);
    if (answer.ok) return said;
    log.warn({ status: answer.status, callId }, 'bot webhook refused events');
    throw unreachable(`webhook answered ${answer.status}`, isFinalRefusal(answer.status));
  }
}

function bodiesOf({ body, dialect = 'bot-api', language = 'en-US', sendEventsToBot = [] }: PostEventsInput): unknown[] {
  return dialectNamed(dialect).tell({ id: body.conversation, language, sendEventsToBot }, body.activities);
}

/** Redirects are not followed: the configured webhook alone is trusted with a call's events. */
function sendJson(post: typeof fetch, url: string, body: unknown, signal: AbortSignal): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return post(url, { method: 'POST', headers, body: JSON.stringify(body), redirect: 'manual', signal });
}

function cancelled(cancellation: AbortSignal): Error {
  return cancellation.reason instanceof Error ? cancellation.reason : new CancelledFailure('cancelled');
}

function unreachable(message: string, nonRetryable: boolean): ApplicationFailure {
  const category = ApplicationFailureCategory.BENIGN;
  return ApplicationFailure.create({ type: FAILURE.BOT_UNREACHABLE, message, nonRetryable, category });
}
