import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { WebSocket, WebSocketServer } from 'ws';
import { holdConversation } from '../../../activities/connector/hold-conversation';
import type { CallId } from '../../../contracts/ids';
import { eventually } from '../../support/eventually';

const PING_EVERY_MS = 10_000;

let server: WebSocketServer;
/** The bot's ends. */
let sockets: WebSocket[];
let warnings: string[];
/** Texts that the call was told. */
let told: string[];

beforeEach(async () => {
  [sockets, warnings, told] = [[], [], []];
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) => sockets.push(socket));
  await new Promise((resolve) => server.once('listening', resolve));
});

afterEach(async () => {
  for (const socket of server.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

interface PushedSignal {
  activities: { text: string }[];
}

/** @param take what Temporal does with a signal of activities before it has it */
function hold(environment: MockActivityEnvironment, take: () => Promise<void> = () => Promise.resolve()) {
  const signal = async ({ name }: { name: string }, pushed?: PushedSignal): Promise<void> => {
    if (name !== 'activitiesSent') return;
    await take();
    told.push(...(pushed?.activities ?? []).map(({ text }) => text));
  };
  const workflow = {
    getHandle: () => ({ signal }),
    withAbortSignal: (abort: AbortSignal, send: () => Promise<void>) =>
      Promise.race([
        send(),
        new Promise((_, reject) => abort.addEventListener('abort', () => reject(new Error('late')))),
      ]),
  };
  const client = { workflow } as unknown as Pick<Client, 'workflow'>;
  const log = pino({}, { write: (line) => void warnings.push((JSON.parse(line) as { msg: string }).msg) });
  const webSocketUrl = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const input = {
    botId: 'b',
    conversation: 'mfrggzdfmztwq2lk' as CallId,
    timeoutMs: 2_000,
    deadlineMs: 5_000,
    webSocketUrl,
  };
  const held = environment.run(() => holdConversation(input, { client, token: () => undefined, log }));
  return held.catch((err: unknown) => err);
}

const push = (text: string): void => sockets[0]?.send(JSON.stringify({ activities: [{ type: 'message', text }] }));

describe('a WebSocket that is held', () => {
  beforeEach(() => {
    jest.useFakeTimers({
      doNotFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'nextTick', 'queueMicrotask', 'Date'],
    });
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('stays when the bot could not be heard to answer a ping, since a frame was dealt with meanwhile', async () => {
    const environment = new MockActivityEnvironment();
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    let taken = 0;
    const take = (): Promise<void> => (taken++ === 0 ? held : Promise.resolve());
    server.options.autoPong = false;
    const ended = hold(environment, take);
    await eventually(() => sockets.length === 1, 'the WebSocket');
    const pings = jest.spyOn(WebSocket.prototype, 'ping');
    const pinged = (times: number): Promise<void> =>
      eventually(() => {
        if (pings.mock.calls.length < times) jest.advanceTimersByTime(PING_EVERY_MS);
        return pings.mock.calls.length === times;
      }, `ping ${times}`);
    await pinged(1);
    push('first');
    await eventually(() => taken === 1, 'the first frame');
    letGo();
    await pinged(2);
    push('second');
    await eventually(() => told.length === 2 || sockets.length === 2, 'the second frame');
    environment.cancel();
    expect(await ended).toBeInstanceOf(CancelledFailure);
    expect([told, sockets.length]).toEqual([['first', 'second'], 1]);
  });

  it('is gone when the bot says nothing after a ping', async () => {
    const environment = new MockActivityEnvironment();
    server.options.autoPong = false;
    const ended = hold(environment);
    await eventually(() => sockets.length === 1, 'the WebSocket');
    await eventually(() => {
      jest.advanceTimersByTime(PING_EVERY_MS);
      return sockets.length === 2;
    }, 'another WebSocket');
    environment.cancel();
    expect(await ended).toBeInstanceOf(CancelledFailure);
  });

  it('has no more heartbeats than its time-out asks for', async () => {
    const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 9_000 });
    let heartbeats = 0;
    environment.on('heartbeat', () => heartbeats++);
    const ended = hold(environment);
    jest.advanceTimersByTime(9_000);
    environment.cancel();
    expect(await ended).toBeInstanceOf(CancelledFailure);
    expect(heartbeats).toBe(3);
  });
});

describe('a WebSocket that is left', () => {
  it('is read to its end, and what came over it is told in order', async () => {
    const environment = new MockActivityEnvironment();
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    let taken = 0;
    const take = (): Promise<void> => (taken++ === 0 ? held : Promise.resolve());
    const ended = hold(environment, take);
    await eventually(() => sockets.length === 1, 'the WebSocket');
    push('first');
    await eventually(() => taken === 1, 'the first frame');
    // Waits unread until the first one has been dealt with.
    for (const text of ['second', 'third']) push(text);
    environment.cancel();
    letGo();
    expect(await ended).toBeInstanceOf(CancelledFailure);
    expect(told).toEqual(['first', 'second', 'third']);
    await eventually(() => server.clients.size === 0, 'the end of the WebSocket');
    expect([sockets.length, warnings]).toEqual([1, []]);
  });

  it('is closed although Temporal is away, and says what is lost by it', async () => {
    const environment = new MockActivityEnvironment();
    let tries = 0;
    const take = (): Promise<never> => Promise.reject(new Error(`away ${++tries}`));
    const ended = hold(environment, take);
    await eventually(() => sockets.length === 1, 'the WebSocket');
    push('first');
    await eventually(() => tries > 0, 'a try');
    environment.cancel();
    expect(await ended).toBeInstanceOf(CancelledFailure);
    expect([told, warnings.at(-1)]).toEqual([
      [],
      'a call is not told what its bot pushed before its WebSocket was left',
    ]);
  });

  it('is cut off when the bot does not answer the close, and that is said', async () => {
    const environment = new MockActivityEnvironment();
    const ended = hold(environment);
    await eventually(() => sockets.length === 1, 'the WebSocket');
    push('first');
    await eventually(() => told.length === 1, 'the first frame');
    sockets[0]?.pause();
    environment.cancel();
    expect(await ended).toBeInstanceOf(CancelledFailure);
    expect(warnings).toEqual(['the WebSocket of a bot was cut off: what it pushed last may be lost']);
  });
});
