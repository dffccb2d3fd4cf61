import { describe, expect, it } from '@jest/globals';
import type { ApiBot } from '../support/api-bot';
import type { ConnectorStage } from '../support/connector-stage';
import { connectorStage, hangUp, namesHeard, NUMBERS, onStart, toAgent } from '../support/connector-stage';
import type { Engine } from '../support/engine';
import { eventually } from '../support/eventually';

let stage: ConnectorStage;
let engine: Engine;
let replying: ApiBot;
let pushing: ApiBot;

connectorStage((opened) => {
  stage = opened;
  ({ engine, replying, pushing } = stage);
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
    const dialled = stage.dial();
    await eventually(() => creations === 1, 'a creation');
    await replaceWorker();
    const call = await dialled;
    expect(call.ok.status).toBe(200);
    const conversation = await replying.next();
    await eventually(() => namesHeard(conversation).includes('start'), 'the start');
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
    const dialled = stage.dial();
    const conversation = await replying.next();
    await replaceWorker();
    const call = await dialled;
    await eventually(() => namesHeard(conversation).includes('start'), 'the start');
    const [first, second] = conversation.creations;
    expect(second?.id).toBe(first?.id);
    await hangUp(call, conversation);
  });

  it('with the answer of the bot in its hands leaves it to the next one, which carries it out once', async () => {
    let posts = 0;
    replying.options = {
      ...onStart(toAgent('only')),
      intercept: (what, response) => {
        if (what === 'activities' && ++posts === 1) response.end = () => response;
        return false;
      },
    };
    const call = await stage.dial();
    const conversation = await replying.next();
    await eventually(() => posts === 1, 'the start');
    await replaceWorker();
    await stage.takeRefer(486);
    expect(namesHeard(conversation).slice(0, 1)).toEqual(['start']);
    expect((await engine.view(conversation.id)).transfers).toHaveLength(1);
    await hangUp(call, conversation);
  });

  it('with an open WebSocket leaves it to the next one, which opens it again', async () => {
    pushing.options = { isPushing: true, expiresSeconds: 3 };
    const call = await stage.dial(NUMBERS.pushing);
    const conversation = await pushing.next();
    await eventually(() => namesHeard(conversation).includes('start'), 'the start');
    await replaceWorker();
    await eventually(() => conversation.opened >= 2 && conversation.sockets.size === 1, 'the WebSocket again');
    const before = conversation.refreshes;
    await eventually(() => conversation.refreshes > before, 'a refresh by the next worker');
    await pushing.push(conversation, { activities: [toAgent('pushed')] });
    await stage.takeRefer(486);
    await hangUp(call, conversation);
    expect(namesHeard(conversation).filter((name) => name === 'start')).toHaveLength(1);
  });
});
