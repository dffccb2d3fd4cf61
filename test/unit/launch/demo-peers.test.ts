import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { answeringWith } from '../../../launch/demo/plan';
import type { SipMessage } from '../../../launch/demo/sip-message';
import { headerOf } from '../../../launch/demo/sip-message';
import type { PeerName } from '../../../launch/demo/trace';
import { Trace } from '../../../launch/demo/trace';
import { followRefer } from '../../../launch/demo/transferee';
import type { Answering } from '../../../launch/demo/user-agent';
import { UserAgent } from '../../../launch/demo/user-agent';

const HOST = '127.0.0.1';

let trace: Trace;
let opened: UserAgent[];
beforeEach(() => {
  trace = new Trace();
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((agent) => agent.close()));
});

async function open(name: PeerName, answering: Answering): Promise<UserAgent> {
  const agent: UserAgent = await UserAgent.open({
    name,
    address: { host: HOST, port: 0 },
    trace,
    answering,
    ...(name === 'caller' && { onRefer: (refer, dialog) => void followRefer(agent, refer, dialog) }),
  });
  opened.push(agent);
  return agent;
}

function uriOf(name: PeerName, { address }: UserAgent): string {
  return `sip:${name}@${HOST}:${address.port}`;
}

/** Resolves with the first message that a peer received and that fits. */
function received(peer: PeerName, fits: (message: SipMessage) => boolean): Promise<SipMessage> {
  return new Promise((resolve) => {
    trace.onEntry((entry) => {
      if (entry.kind === 'sip' && entry.peer === peer && entry.direction === 'in' && fits(entry.message))
        resolve(entry.message);
    });
  });
}

describe("the demonstration's peers", () => {
  it('call and hang up among themselves', async () => {
    const [caller, agent] = [await open('caller', answeringWith(486)), await open('agent', answeringWith(200))];
    const ended = received('agent', ({ method }) => method === 'BYE');
    const acknowledged = received('agent', ({ method }) => method === 'ACK');
    const result = await caller.call(uriOf('agent', agent));
    expect(result.status).toBe(200);
    await acknowledged;
    await result.dialog?.hangUp();
    await expect(ended).resolves.toMatchObject({ method: 'BYE' });
  });

  it('learn that a target is busy, and acknowledge that', async () => {
    const [caller, busy] = [await open('caller', answeringWith(486)), await open('busy', answeringWith(486))];
    const acknowledged = received('busy', ({ method }) => method === 'ACK');
    await expect(caller.call(uriOf('busy', busy))).resolves.toEqual({ status: 486, reasonPhrase: 'Busy Here' });
    await expect(acknowledged).resolves.toMatchObject({ method: 'ACK' });
  });

  it('answer OPTIONS, INFO and UPDATE in a call, and decline a REFER that they do not follow', async () => {
    const [bot, agent] = [await open('bot', answeringWith(200)), await open('agent', answeringWith(200))];
    const { dialog } = await bot.call(uriOf('agent', agent));
    for (const method of ['OPTIONS', 'INFO'])
      await expect(dialog?.request(method)).resolves.toMatchObject({ status: 200 });
    await expect(dialog?.request('UPDATE')).resolves.toMatchObject({
      status: 200,
      body: expect.stringContaining('m=audio'),
    });
    await expect(dialog?.request('REFER')).resolves.toMatchObject({ status: 603 });
  });

  it('follow a REFER: call the target with its headers, report, and leave once the success was taken', async () => {
    const [bot, agent] = [await open('bot', answeringWith(200)), await open('agent', answeringWith(200))];
    const caller = await open('caller', answeringWith(200));
    const { dialog } = await bot.call(uriOf('caller', caller));
    const invited = received('agent', ({ method }) => method === 'INVITE');
    const left = received('bot', ({ method }) => method === 'BYE');
    const accepted = await dialog?.request('REFER', [
      { name: 'Refer-To', value: `<${uriOf('agent', agent)}?X-Customer=42%20%26%20more>` },
      { name: 'Referred-By', value: '<sip:bot@example.org>' },
    ]);
    expect(accepted?.status).toBe(202);
    const invite = await invited;
    expect(headerOf(invite, 'X-Customer')).toBe('42 & more');
    expect(headerOf(invite, 'Referred-By')).toBe('<sip:bot@example.org>');
    await left;
    expect(fragmentsAtBot()).toEqual(['SIP/2.0 100 Trying', 'SIP/2.0 180 Ringing', 'SIP/2.0 200 OK']);
  });

  it('stay in their call when the target of a REFER is busy', async () => {
    const [bot, busy] = [await open('bot', answeringWith(200)), await open('busy', answeringWith(486))];
    const caller = await open('caller', answeringWith(200));
    const { dialog } = await bot.call(uriOf('caller', caller));
    const reported = received('bot', ({ body }) => body.startsWith('SIP/2.0 486'));
    await dialog?.request('REFER', [{ name: 'Refer-To', value: `<${uriOf('busy', busy)}>` }]);
    expect(headerOf(await reported, 'Subscription-State')).toMatch(/^terminated/);
    expect(headerOf(await reported, 'Event')).toBe('refer;id=2');
    await expect(dialog?.request('INFO')).resolves.toMatchObject({ status: 200 });
  });
});

function fragmentsAtBot(): string[] {
  return trace.entries
    .filter((entry) => entry.kind === 'sip')
    .filter(({ peer, direction, message }) => peer === 'bot' && direction === 'in' && message.method === 'NOTIFY')
    .map(({ message }) => message.body.trim());
}
