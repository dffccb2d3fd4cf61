import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { CallUnderTest } from '../support/call-harness';
import { callInput, closeHarness, withCall } from '../support/call-harness';

afterAll(closeHarness);

const payload = (encoding: string, data: string | Buffer): object => ({
  metadata: encoding === '' ? {} : { encoding: Buffer.from(encoding) },
  data: Buffer.from(data),
});
const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const config = (value: string): string => `{"type":"event","name":"config","sessionParams":{"x":${value}}}`;

/** Sends a signal as a client does that has no SDK: whatever its payload is. */
async function signal({ handle }: CallUnderTest, signalName: string, ...payloads: object[]): Promise<void> {
  await handle.client.workflowService.signalWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: handle.workflowId },
    signalName,
    input: { payloads },
    requestId: randomUUID(),
  });
}

const UNREADABLE: [what: string, payload: object, reason: string][] = [
  ['in an encoding of its own', payload('binary/encrypted', 'x'), 'Unknown encoding: binary/encrypted'],
  ['without an encoding', payload('', '{}'), 'Unknown encoding'],
  ['that is half of its JSON', payload('json/plain', '{"type":'), 'it is not JSON'],
  ['in UTF-16', payload('json/plain', Buffer.from('{"type":"event"}', 'utf16le')), 'it is not JSON'],
  ['that is nothing but bytes', payload('binary/plain', Buffer.alloc(64)), 'is binary'],
  ['of 10,000 levels', payload('json/plain', config(deep(10_000))), 'is nested more than 32 levels deep'],
  [
    'of 300,000 characters',
    payload('json/plain', config(`"${'x'.repeat(300_000)}"`)),
    'has more than 262144 characters',
  ],
];

describe('a signal', () => {
  it.each(UNREADABLE)('%s is refused, and the call goes on', async (_, sent, reason) => {
    await withCall({}, async (call) => {
      await call.until(({ phase }) => phase === 'conversing');
      await signal(call, 'activitiesSent', sent);
      const { timeline } = await call.until(({ timeline: lines }) =>
        lines.some(({ event }) => event === 'ActivitiesRefused')
      );
      expect(timeline.find(({ event }) => event === 'ActivitiesRefused')?.detail).toContain(reason);
      await call.byeFrom('caller');
      await call.result();
      expect(call.botEvents().map(({ name }) => name)).toEqual(['start', 'transferStatus', 'conversationEnd']);
    });
  });

  it('of a worker or a peer that cannot be read changes nothing', async () => {
    await withCall({}, async (call) => {
      await call.until(({ phase }) => phase === 'conversing');
      const garbage = payload('binary/encrypted', 'x');
      for (const name of ['dialogEnded', 'referNotified', 'nodeLost', 'mediaChanged', 'webSocketOpened'])
        await signal(call, name, garbage, garbage);
      await call.until(({ timeline }) => timeline.filter(({ event }) => event === 'SignalIgnored').length === 4);
      await call.byeFrom('caller');
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
    });
  });
});

it('what no worker can read is refused, and the call goes on', async () => {
  const readActivities = (): Promise<never> =>
    Promise.reject(ApplicationFailure.nonRetryable('Maximum call stack size exceeded'));
  await withCall({ readActivities }, async (call) => {
    await call.until(({ phase }) => phase === 'conversing');
    await call.handle.signal('activitiesSent', { type: 'event', name: 'config' });
    await call.until(({ timeline }) => timeline.some(({ event }) => event === 'ActivitiesRefused'));
    await call.byeFrom('caller');
    await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
  });
});

it('an answer of a webhook that cannot be read is told to the bot', async () => {
  const unreadAnswer = 'the answer is not JSON in UTF-8';
  const postEvents = ({ body }: { body: { activities: { name: string }[] } }) =>
    Promise.resolve(body.activities.some(({ name }) => name === 'start') ? [{ unreadAnswer }] : undefined);
  await withCall(
    { postEvents },
    async (call) => {
      await call.until(() => call.botEvents().some(({ name }) => name === 'transferStatus'));
      await call.byeFrom('caller');
      await call.result();
      const status = call.botEvents().find(({ name }) => name === 'transferStatus');
      expect(status).toMatchObject({
        value: { status: 'failed', reasonCode: 'error', reason: `activities cannot be read: ${unreadAnswer}` },
      });
    },
    callInput()
  );
});
