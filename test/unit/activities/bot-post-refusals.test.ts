import { describe, it, expect } from '@jest/globals';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createBotActivities } from '../../../activities/bot/post-events';
import { FAILURE } from '../../../contracts/failures';
import { body, failureOf, log, startBot, stopBot } from './webhook';

describe('postEvents', () => {
  it.each([400, 401, 404, 410, 422])('gives up when the bot answers %i', async (status) => {
    const { webhook } = await startBot((res) => res.writeHead(status).end());
    const failure = await failureOf(webhook);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({
      type: FAILURE.BOT_UNREACHABLE,
      nonRetryable: true,
      category: 'BENIGN',
      message: `webhook answered ${status}`,
    });
  });

  it.each([408, 425, 429, 500, 503])('leaves it to be tried again when the bot answers %i', async (status) => {
    const { webhook } = await startBot((res) => res.writeHead(status).end());
    expect(await failureOf(webhook)).toMatchObject({ type: FAILURE.BOT_UNREACHABLE, nonRetryable: false });
  });

  it('does not follow a redirect', async () => {
    const { webhook, received } = await startBot((res) => res.writeHead(307, { location: '/elsewhere' }).end());
    expect(await failureOf(webhook)).toMatchObject({ message: 'webhook answered 307', nonRetryable: false });
    expect(received).toHaveLength(1);
  });

  it('leaves it to be tried again when nobody listens', async () => {
    const { webhook } = await startBot((res) => res.end());
    await stopBot();
    expect(await failureOf(webhook)).toMatchObject({
      type: FAILURE.BOT_UNREACHABLE,
      nonRetryable: false,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('leaves it to be tried again when the bot does not answer in time', async () => {
    const { webhook } = await startBot(() => undefined);
    expect(await failureOf(webhook, { timeoutMs: 50 })).toMatchObject({
      type: FAILURE.BOT_UNREACHABLE,
      nonRetryable: false,
    });
  });

  it('heartbeats with what was taken while the bot thinks, so that another worker goes on when this one dies', async () => {
    const environment = new MockActivityEnvironment();
    const beaten = new Promise((resolve) => environment.on('heartbeat', resolve));
    const { webhook } = await startBot((res) => void beaten.then(() => res.end()));
    await environment.run(() => createBotActivities({ log }).postEvents({ webhook, body }));
    expect(await beaten).toEqual({ taken: 0, answers: [] });
  });

  it('ends as cancelled when the activity is cancelled while the bot is silent', async () => {
    const environment = new MockActivityEnvironment();
    const { webhook } = await startBot(() => environment.cancel('CANCELLED'));
    expect(await failureOf(webhook, { environment })).toBeInstanceOf(CancelledFailure);
  });

  it('cuts an endless answer off', async () => {
    const { webhook } = await startBot((res) => {
      const more = (): void => {
        while (res.write('x'.repeat(16 * 1024)));
      };
      res.writeHead(200).on('drain', more);
      more();
    });
    expect(await failureOf(webhook)).toBeUndefined();
  });

  it('takes a 2xx whose body never ends', async () => {
    const { webhook } = await startBot((res) => res.writeHead(200).write('x'));
    expect(await failureOf(webhook, { timeoutMs: 3_000 })).toBeUndefined();
  });
});
