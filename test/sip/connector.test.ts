import { describe, expect, it } from '@jest/globals';
import type { ApiBot } from '../support/api-bot';
import type { ConnectorStage } from '../support/connector-stage';
import {
  connectorStage,
  disconnection,
  hangUp,
  namesHeard,
  NUMBERS,
  onStart,
  PEOPLE,
  toAgent,
} from '../support/connector-stage';
import type { Engine } from '../support/engine';
import { eventually } from '../support/eventually';
import { header } from '../support/sip-peer';
import { notify } from '../support/transfer-call';

let stage: ConnectorStage;
let engine: Engine;
let replying: ApiBot;
let pushing: ApiBot;

connectorStage((opened) => {
  stage = opened;
  ({ engine, replying, pushing } = stage);
});

describe('a bot that answers', () => {
  it('hears of a transfer that fails, has the next one carried out, and is disconnected', async () => {
    replying.options = {
      answer: (event) => {
        if (event.name === 'start') return [{ type: 'message', text: 'One moment' }, toAgent('first')];
        return event.name === 'transferStatus' && event.value.status === 'failed' ? [toAgent('second')] : [];
      },
    };
    const call = await stage.dial();
    const conversation = await replying.next();
    expect(conversation.creations).toMatchObject([
      { conversation: conversation.id, bot: 'greeter', capabilities: ['websocket'] },
    ]);
    await stage.takeRefer();
    await notify(call, 486, 'Busy Here');
    await stage.takeRefer();
    await notify(call, 200, 'OK');
    stage.caller.respond(await stage.caller.expect('BYE'), 200);
    await disconnection(conversation);
    expect(namesHeard(conversation)).toEqual(['start', 'transferStatus', 'transferStatus']);
    expect(conversation.disconnected).toMatchObject([{ conversation: conversation.id, reasonCode: 'transferred' }]);
    expect(replying.strangers).toBe(0);
    await expect(engine.recordOf(conversation.id)).resolves.toMatchObject({
      prompts: [{ content: 'One moment' }],
      transfers: [{ activityId: 'first' }, { activityId: 'second', outcome: { status: 'answered' } }],
    });
  });

  it('has its conversation refreshed before it expires, also during a transfer', async () => {
    replying.options = { expiresSeconds: 2, ...onStart(toAgent('only')) };
    const call = await stage.dial();
    const conversation = await replying.next();
    await stage.takeRefer();
    const before = conversation.refreshes;
    await eventually(() => conversation.refreshes >= before + 3, 'refreshes during the transfer');
    expect(namesHeard(conversation)).toEqual(['start']);
    await notify(call, 486, 'Busy Here');
    await eventually(() => namesHeard(conversation).includes('transferStatus'), 'the outcome');
    await hangUp(call, conversation);
  });

  it('that fails for a while is asked again with the same ids', async () => {
    let failures = 0;
    replying.options = {
      ...onStart(toAgent('only')),
      intercept: (what, response) => {
        if (what !== 'activities' || ++failures > 3) return false;
        if (failures === 1) response.writeHead(500).end();
        if (failures === 2) response.writeHead(200).end('<html>busy</html>');
        // The third is never answered.
        return true;
      },
    };
    const call = await stage.dial();
    const conversation = await replying.next();
    await stage.takeRefer(486);
    expect(namesHeard(conversation).filter((name) => name === 'start')).toHaveLength(1);
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
    const call = await stage.dial(NUMBERS.hasty);
    const conversation = await replying.next();
    expect(header(await stage.takeRefer(), 'Refer-To')).toContain(PEOPLE);
    await notify(call, 200, 'OK');
    stage.caller.respond(await stage.caller.expect('BYE'), 200);
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
    const call = await stage.dial(NUMBERS.hasty);
    expect(call.ok.status).toBe(200);
    expect(header(await stage.takeRefer(), 'Refer-To')).toContain(PEOPLE);
    await notify(call, 200, 'OK');
    stage.caller.respond(await stage.caller.expect('BYE'), 200);
  });
});

describe('a bot that pushes', () => {
  it('greets when it can be heard, and says by itself what is to be done', async () => {
    pushing.options = { isPushing: true, ...onStart({ type: 'message', text: 'Hello' }) };
    const call = await stage.dial(NUMBERS.pushing);
    const conversation = await pushing.next();
    await eventually(() => namesHeard(conversation).includes('start'), 'the start');
    await pushing.push(conversation, { activities: [toAgent('pushed')] });
    await stage.takeRefer();
    await notify(call, 200, 'OK');
    stage.caller.respond(await stage.caller.expect('BYE'), 200);
    await disconnection(conversation);
    await eventually(() => conversation.sockets.size === 0, 'the end of the WebSocket');
    await expect(engine.recordOf(conversation.id)).resolves.toMatchObject({
      prompts: [{ content: 'Hello' }],
      transfers: [{ activityId: 'pushed' }],
    });
  });

  it('has its WebSocket opened again when it breaks, and garbage in it does not harm the call', async () => {
    const call = await stage.dial(NUMBERS.pushing);
    const conversation = await pushing.next();
    await eventually(() => conversation.sockets.size === 1, 'the WebSocket');
    for (const socket of conversation.sockets) socket.send('garbage');
    await pushing.push(conversation, { conversation: 'another', activities: [toAgent('of-another')] });
    for (const socket of conversation.sockets) socket.terminate();
    await eventually(() => conversation.opened >= 2 && conversation.sockets.size === 1, 'another WebSocket');
    await pushing.push(conversation, { conversation: conversation.id, activities: [toAgent('own')] });
    await stage.takeRefer(486);
    const { transfers } = await engine.view(conversation.id);
    expect(transfers.map(({ activityId }) => activityId)).toEqual(['own']);
    await hangUp(call, conversation);
  });
});
