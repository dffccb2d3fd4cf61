import { ApplicationFailure, Context } from '@temporalio/activity';
import type { CallInput } from '../../contracts/call';
import type { ConnectorOfCall, DisconnectInput, PostActivitiesInput } from '../../contracts/connector';
import { FAILURE } from '../../contracts/failures';
import type { CallUnderTest } from './call-harness';
import { callInput } from './call-harness';

/** A call whose bot speaks the Bot API. */
export function connectorInput(over: Partial<ConnectorOfCall> = {}): CallInput {
  const { channel, ...input } = callInput();
  const { leg: _, webhook: __, ...rest } = channel;
  const connector = {
    url: 'http://bot/',
    bot: 'b',
    offersWebSocket: true,
    timeoutMs: 1_000,
    deadlineMs: 2_000,
    ...over,
  };
  return { ...input, channel: { ...rest, connector } };
}

/** The bot's refusal of a request, as its activity reports it. */
export const refused = (refusal: object): ApplicationFailure =>
  ApplicationFailure.create({
    type: FAILURE.BOT_UNREACHABLE,
    message: 'the bot answered no',
    nonRetryable: true,
    details: [refusal],
  });

/** What the bot was told, each with its names. */
export const told = (call: CallUnderTest): string[][] =>
  call.effects
    .filter(({ name }) => name === 'postActivities')
    .map(({ input }) => (input as PostActivitiesInput).activities.map(({ name }) => name));

export const disconnects = (call: CallUnderTest): DisconnectInput[] =>
  call.effects.filter(({ name }) => name === 'disconnectConversation').map(({ input }) => input as DisconnectInput);

/** A conversation that the bot has created. */
export const created = { activitiesUrl: 'http://bot/a', disconnectUrl: 'http://bot/d' };

/** Holds a conversation until it is to be let go. */
export const holding = async (): Promise<void> => {
  const heartbeats = setInterval(() => Context.current().heartbeat(), 100);
  await Context.current().cancelled.finally(() => clearInterval(heartbeats));
};
