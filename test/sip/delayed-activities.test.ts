import { expect, it } from '@jest/globals';
import type { InviteEngine } from '../support/invite-engine';
import { callForEachTest } from '../support/invite-engine';
import type { PhoneCall } from '../support/joined-call';
import { transferTo } from '../support/transfer-call';

const DELAY_MS = 4_000;

let on: InviteEngine;
let call: PhoneCall;
callForEachTest((engine, open) => {
  on = engine;
  call = open;
});

it('carries out what is delayed although the worker dies meanwhile, once and in order', async () => {
  const { target, callId } = call;
  const message = { type: 'message', text: 'I put you through.', id: 'words', delay: DELAY_MS };
  const activities = [message, { ...transferTo(target.peer.uri('agent')), id: 'transfer' }];
  const statuses = { activities: [{ status: 'delayed' }, { status: 'delayed' }] };
  expect(await on.engine.post(callId, { activities })).toMatchObject({ status: 200, body: statuses });
  await on.engine.worker.kill();
  await on.engine.startWorker();
  expect(await on.engine.post(callId, { activities })).toMatchObject({ status: 200, body: statuses });
  target.pickUp(await target.peer.expect('INVITE'));
  expect(await on.webhook.expect(callId, 'transferStatus')).toMatchObject({ value: { status: 'answered' } });
  const { timeline, transfers } = await on.engine.view(callId);
  expect(timeline.filter(({ event }) => event === 'PromptRecorded')).toHaveLength(1);
  expect(transfers).toHaveLength(1);
  expect(target.peer.count('INVITE')).toBe(1);
});
