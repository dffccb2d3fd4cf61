import { expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import type { InviteEngine } from '../support/invite-engine';
import { callForEachTest } from '../support/invite-engine';
import type { PhoneCall } from '../support/joined-call';

let invite: InviteEngine;
let call: PhoneCall;
callForEachTest((engine, open) => {
  invite = engine;
  call = open;
});

const JSON_TYPE = 'application/json';
const transfer = (activityParams: object): string =>
  JSON.stringify({ type: 'event', name: 'transfer', activityParams });
const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;

/** Bodies that no call may be harmed by. */
const BODIES: [what: string, status: number, body: string | Uint8Array, headers?: Record<string, string>][] = [
  ['text that is no JSON', 400, 'please hand me over'],
  ['half of it', 400, transfer({ transferTarget: 'sip:a@b' }).slice(0, -3)],
  ['nothing', 400, ''],
  ['1 MB', 413, JSON.stringify({ type: 'message', text: 'x'.repeat(1_000_000) })],
  ['bytes that are no UTF-8', 400, new Uint8Array([0x22, 0xc3, 0x28, 0x22])],
  ['UTF-16', 400, Buffer.from('{"type":"event"}', 'utf16le')],
  ['Latin-1', 415, '{}', { 'content-type': `${JSON_TYPE}; charset=iso-8859-1` }],
  ['a form', 415, 'type=event', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['a compressed body', 415, gzipSync('{}'), { 'content-encoding': 'gzip' }],
  ['a name twice', 422, '{"type":"event","name":"transfer","name":"hangup"}'],
  ['a script as target', 422, transfer({ transferTarget: 'javascript:alert(1)' })],
  ['a file as target', 422, transfer({ transferTarget: 'file:///etc/passwd' })],
  ['CR and LF in a header', 422, transfer({ transferSipHeaders: [{ name: 'X-A', value: 'a\r\nVia: b' }] })],
  ['NUL in a header', 422, transfer({ transferSipHeaders: [{ name: 'X-A', value: 'a\0b' }] })],
  ['a header of the stack', 422, transfer({ transferSipHeaders: [{ name: 'Contact', value: 'b' }] })],
  ['an unknown event', 422, '{"type":"event","name":"dance"}'],
  ['a list of nothing', 422, '{"activities":[]}'],
  ['a list that is none', 422, '{"activities":7}'],
  ['a prototype', 422, '{"__proto__":{"type":"event"},"constructor":1}'],
  ['5,000 levels', 422, deep],
  ['Bot Framework', 422, '{"type":"event","name":"transfer","channelData":{"activityParams":{"transferTarget":7}}}'],
  ['Copilot Studio', 422, '{"activityParams":{"transferTarget":"file:///x"}}'],
  [
    'Dialogflow',
    422,
    '{"queryResult":{"responseMessages":[{"liveAgentHandoff":{"metadata":{"activityParams":{"transferTarget":[]}}}}]}}',
  ],
  ['JAICP', 422, '{"replies":[{"type":"switch","phoneNumber":"1","sipUri":"a@b"}]}'],
];

it('answers what is wrong clearly, and the caller still has the bot for a good transfer', async () => {
  const answers = [];
  for (const [what, status, body, headers = {}] of BODIES) {
    const init = { method: 'POST', headers: { 'content-type': JSON_TYPE, ...headers }, body };
    const answer = await invite.engine.api(`/v1/calls/${call.callId}/activities`, init);
    const problem = (await answer.json()) as { status?: number; errors?: { path: string }[]; detail?: string };
    answers.push({
      what,
      status: answer.status,
      isExplained: problem.detail !== undefined || problem.errors?.[0] !== undefined,
      expected: status,
    });
  }
  expect(answers.filter(({ status, expected }) => status !== expected)).toEqual([]);
  const wordless = answers.filter(({ isExplained }) => !isExplained);
  expect(wordless).toEqual([]);

  const client = await invite.engine.client();
  const handle = client.workflow.getHandle(`call-${call.callId}`);
  const sent = [
    7,
    'hand me over',
    null,
    [[]],
    { activities: 'all' },
    JSON.parse(transfer({ transferTarget: 'file:///x' })),
  ];
  for (const payload of sent) await handle.signal('activitiesSent', payload);
  for (const payload of sent)
    await expect(handle.executeUpdate('sendActivities', { args: [payload] })).rejects.toThrow('Workflow Update failed');
  for (let told = 0; told < sent.length; told++) {
    const status = await invite.webhook.expect(call.callId, 'transferStatus');
    expect(status).toMatchObject({ value: { status: 'failed', reasonCode: 'error', evidence: 'local' } });
  }

  await expect(invite.engine.view(call.callId)).resolves.toMatchObject({ phase: 'conversing', transfers: [] });
  expect(await call.transfer()).toMatchObject({ status: 200 });
  call.target.pickUp(await call.target.peer.expect('INVITE'));
  await expect(invite.webhook.expect(call.callId, 'transferStatus')).resolves.toMatchObject({
    value: { status: 'answered' },
  });
  expect(call.faults()).toEqual([]);
});
