import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BotEvent } from '../../contracts/bot-events';
import type { ApiBotOptions, BotConversation } from '../support/api-bot';
import { ApiBot } from '../support/api-bot';
import { Engine } from '../support/engine';
import { eventually } from '../support/eventually';
import type { ReceivedMessage } from '../support/sip-peer';
import { header, sdp, SipPeer } from '../support/sip-peer';
import type { PeerDialog } from '../support/sip-peer-dialog';
import { isOf, notify, transferTo } from '../support/transfer-call';

/** Calls of bots behind the Bot API. One answers its requests, the other pushes; both lose their callers to the people on 5996. */

const PEOPLE = 'sip:people@127.0.0.1:5996';
const DEADLINE_MS = 3_000;

/** Of the channel 1002: longer than a worker takes to be there in the place of another one, also on a busy machine. */
const PATIENT_DEADLINE_MS = 20_000;

let engine: Engine;
let replying: ApiBot;
let pushing: ApiBot;
let caller: SipPeer;

beforeAll(async () => {
  replying = await ApiBot.open();
  pushing = await ApiBot.open({ isPushing: true });
  const trunk = { sources: ['127.0.0.1'], allowTargets: ['^sip:[^@]+@127\\.0\\.0\\.1(:\\d+)?$'] };
  const connector = { timeoutMs: 700, deadlineMs: DEADLINE_MS, failover: { transferTarget: PEOPLE } };
  engine = await Engine.start({
    trunk,
    channel: { connector: { ...connector, url: replying.url, bot: 'greeter' } },
    more: {
      trunks: [
        { id: 'pushing', login: '1001', ...trunk },
        { id: 'patient', login: '1002', ...trunk },
      ],
      channels: [
        { botId: 'pusher', trunk: 'pushing', connector: { ...connector, url: pushing.url } },
        {
          botId: 'patient',
          trunk: 'patient',
          connector: { ...connector, url: replying.url, deadlineMs: PATIENT_DEADLINE_MS },
        },
      ],
    },
    env: {
      DURABLE_CALLS_CONNECTOR_TOKEN_BOT: ApiBot.token,
      DURABLE_CALLS_CONNECTOR_TOKEN_PUSHER: ApiBot.token,
      DURABLE_CALLS_CONNECTOR_TOKEN_PATIENT: ApiBot.token,
    },
  });
});

beforeEach(async () => {
  caller = await SipPeer.open();
  for (const [bot, isPushing] of [[replying, false] as const, [pushing, true] as const]) bot.options = { isPushing };
});

afterEach(() => caller.close());

afterAll(async () => {
  await engine.stop();
  await replying.close();
  await pushing.close();
});

/** A caller who has been answered. Where the engine asks for patience, as a worker that has just been replaced may, it dials again. */
async function dial(number = '1000'): Promise<{ callerDialog: PeerDialog; caller: SipPeer; ok: ReceivedMessage }> {
  const to = `sip:${number}@127.0.0.1:${engine.sipPort}`;
  const callerDialog = caller.dial({ port: engine.sipPort }, { to, body: sdp() });
  const ok = await caller.expect((message) => (message.status ?? 0) >= 200 && isOf(message, 'INVITE'));
  if (ok.status === 503) return dial(number);
  callerDialog.confirm(ok).ack();
  return { callerDialog, caller, ok };
}

async function takeRefer(status = 202): Promise<ReceivedMessage> {
  const refer = await caller.expect('REFER');
  caller.respond(refer, status, { headers: [['Contact', caller.contact]] });
  return refer;
}

const names = ({ heard }: BotConversation): string[] => heard.map(({ name }) => name);
const ended = ({ disconnected }: BotConversation): Promise<void> =>
  eventually(() => disconnected.length > 0, 'a disconnection');
const agent = (id: string, params: object = {}): object => ({
  ...transferTo('sip:agent@127.0.0.1:5997', { transferNotificationsHangupMS: 0, ...params }),
  id,
});
/** A bot that answers the start of its conversation so. */
const onStart = (...activities: object[]): Pick<ApiBotOptions, 'answer'> => ({
  answer: ({ name }: BotEvent) => (name === 'start' ? activities : []),
});

async function hangUp({ callerDialog }: { callerDialog: PeerDialog }, conversation: BotConversation): Promise<void> {
  callerDialog.request('BYE');
  await ended(conversation);
}

describe('a bot that answers', () => {
  it('hears of a transfer that fails, has the next one carried out, and is disconnected', async () => {
    replying.options = {
      answer: (event) => {
        if (event.name === 'start') return [{ type: 'message', text: 'One moment' }, agent('first')];
        return event.name === 'transferStatus' && event.value.status === 'failed' ? [agent('second')] : [];
      },
    };
    const call = await dial();
    const conversation = await replying.next();
    expect(conversation.creations).toMatchObject([
      { conversation: conversation.id, bot: 'greeter', capabilities: ['websocket'] },
    ]);
    await takeRefer();
    await notify(call, 486, 'Busy Here');
    await takeRefer();
    await notify(call, 200, 'OK');
    caller.respond(await caller.expect('BYE'), 200);
    await ended(conversation);
    expect(names(conversation)).toEqual(['start', 'transferStatus', 'transferStatus']);
    expect(conversation.disconnected).toMatchObject([{ conversation: conversation.id, reasonCode: 'transferred' }]);
    expect(replying.strangers).toBe(0);
    await expect(engine.recordOf(conversation.id)).resolves.toMatchObject({
      prompts: [{ content: 'One moment' }],
      transfers: [{ activityId: 'first' }, { activityId: 'second', outcome: { status: 'answered' } }],
    });
  });

  it('has its conversation refreshed before it expires, also during a transfer', async () => {
    replying.options = { expiresSeconds: 1, ...onStart(agent('only')) };
    const call = await dial();
    const conversation = await replying.next();
    await takeRefer();
    const before = conversation.refreshes;
    await eventually(() => conversation.refreshes >= before + 3, 'refreshes during the transfer');
    expect(names(conversation)).toEqual(['start']);
    await notify(call, 486, 'Busy Here');
    await eventually(() => names(conversation).includes('transferStatus'), 'the outcome');
    await hangUp(call, conversation);
  });

  it('that fails for a while is asked again with the same ids', async () => {
    let failures = 0;
    replying.options = {
      ...onStart(agent('only')),
      intercept: (what, response) => {
        if (what !== 'activities' || ++failures > 3) return false;
        if (failures === 1) response.writeHead(500).end();
        if (failures === 2) response.writeHead(200).end('<html>busy</html>');
        // The third is never answered.
        return true;
      },
    };
    const call = await dial();
    const conversation = await replying.next();
    await takeRefer(486);
    expect(names(conversation).filter((name) => name === 'start')).toHaveLength(1);
    await hangUp(call, conversation);
  });

  it.each([
    ['answers garbage', (response: { end: (text: string) => unknown }) => response.end('{"activities": 7}')],
    ['does not answer', () => undefined],
  ])('that %s until its deadline loses its caller to the people of the channel', async (_, misbehave) => {
    replying.options = {
      intercept: (what, response) => {
        if (what !== 'activities') return false;
        misbehave(response);
        return true;
      },
    };
    const call = await dial();
    const conversation = await replying.next();
    expect(header(await takeRefer(), 'Refer-To')).toContain(PEOPLE);
    await notify(call, 200, 'OK');
    caller.respond(await caller.expect('BYE'), 200);
    await expect(engine.recordOf(conversation.id)).resolves.toMatchObject({ end: { reasonCode: 'transferred' } });
    expect(conversation.disconnected).toMatchObject([{ reasonCode: 'error' }]);
  });

  it('that is down when the caller comes leaves the caller to the people of the channel', async () => {
    replying.options = {
      intercept: (what, response) => {
        if (what === 'create') response.writeHead(500).end();
        return what === 'create';
      },
    };
    const call = await dial();
    expect(call.ok.status).toBe(200);
    expect(header(await takeRefer(), 'Refer-To')).toContain(PEOPLE);
    await notify(call, 200, 'OK');
    caller.respond(await caller.expect('BYE'), 200);
  });
});

describe('a bot that pushes', () => {
  it('greets when it can be heard, and says by itself what is to be done', async () => {
    pushing.options = { isPushing: true, ...onStart({ type: 'message', text: 'Hello' }) };
    const call = await dial('1001');
    const conversation = await pushing.next();
    await eventually(() => names(conversation).includes('start'), 'the start');
    pushing.push(conversation, { activities: [agent('pushed')] });
    await takeRefer();
    await notify(call, 200, 'OK');
    caller.respond(await caller.expect('BYE'), 200);
    await ended(conversation);
    await eventually(() => conversation.sockets.size === 0, 'the end of the WebSocket');
    await expect(engine.recordOf(conversation.id)).resolves.toMatchObject({
      prompts: [{ content: 'Hello' }],
      transfers: [{ activityId: 'pushed' }],
    });
  });

  it('has its WebSocket opened again when it breaks, and garbage in it does not harm the call', async () => {
    const call = await dial('1001');
    const conversation = await pushing.next();
    await eventually(() => conversation.sockets.size === 1, 'the WebSocket');
    for (const socket of conversation.sockets) socket.send('garbage');
    pushing.push(conversation, { conversation: 'another', activities: [agent('of-another')] });
    for (const socket of conversation.sockets) socket.terminate();
    await eventually(() => conversation.opened === 2 && conversation.sockets.size === 1, 'another WebSocket');
    pushing.push(conversation, { conversation: conversation.id, activities: [agent('own')] });
    await takeRefer(486);
    const { transfers } = await engine.view(conversation.id);
    expect(transfers.map(({ activityId }) => activityId)).toEqual(['own']);
    await hangUp(call, conversation);
  });
});

describe('a worker killed', () => {
  /** Kills the worker that is alone so far, with another one in its place. */
  async function replaceWorker(): Promise<void> {
    await engine.worker.kill();
    engine.worker = await engine.startWorker();
  }

  it('while the conversation is created leaves it to the next one, which creates no second one', async () => {
    let creations = 0;
    replying.options = { intercept: (what) => what === 'create' && ++creations === 1 };
    const dialled = dial('1002');
    await eventually(() => creations === 1, 'a creation');
    await replaceWorker();
    const call = await dialled;
    expect(call.ok.status).toBe(200);
    const conversation = await replying.next();
    await eventually(() => names(conversation).includes('start'), 'the start');
    expect(replying.conversations.filter(({ id }) => id === conversation.id)).toHaveLength(1);
    await hangUp(call, conversation);
  });

  it('after the bot has created it leaves it to the next one, which names the same conversation', async () => {
    let creations = 0;
    replying.options = {
      // The bot knows the conversation, and the worker never learns it.
      intercept: (what, response) => {
        if (what === 'create' && ++creations === 1) response.end = () => response;
        return false;
      },
    };
    const dialled = dial('1002');
    const conversation = await replying.next();
    await replaceWorker();
    const call = await dialled;
    await eventually(() => names(conversation).includes('start'), 'the start');
    const [first, second] = conversation.creations;
    expect(second?.id).toBe(first?.id);
    await hangUp(call, conversation);
  });

  it('with the answer of the bot in its hands leaves it to the next one, which carries it out once', async () => {
    let posts = 0;
    replying.options = {
      ...onStart(agent('only')),
      intercept: (what, response) => {
        if (what === 'activities' && ++posts === 1) response.end = () => response;
        return false;
      },
    };
    const call = await dial('1002');
    const conversation = await replying.next();
    await eventually(() => posts === 1, 'the start');
    await replaceWorker();
    await takeRefer(486);
    expect(names(conversation).slice(0, 1)).toEqual(['start']);
    expect((await engine.view(conversation.id)).transfers).toHaveLength(1);
    await hangUp(call, conversation);
  });

  it('with an open WebSocket leaves it to the next one, which opens it again', async () => {
    pushing.options = { isPushing: true, expiresSeconds: 2 };
    const call = await dial('1001');
    const conversation = await pushing.next();
    await eventually(() => names(conversation).includes('start'), 'the start');
    await replaceWorker();
    await eventually(() => conversation.opened === 2 && conversation.sockets.size === 1, 'the WebSocket again');
    const before = conversation.refreshes;
    await eventually(() => conversation.refreshes > before, 'a refresh by the next worker');
    pushing.push(conversation, { activities: [agent('pushed')] });
    await takeRefer(486);
    await hangUp(call, conversation);
    expect(names(conversation).filter((name) => name === 'start')).toHaveLength(1);
  });
});
