import type { IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import { growingPauses } from '../until-success';
import { MAX_ANSWER_BYTES, unreachable } from './ask-bot';
import { pause } from './pause';

/** A peer of which nothing comes from one ping to the next is gone. */
const PING_EVERY_MS = 10_000;

/** Before a connection is tried again. */
const PAUSES = { firstMs: 100, longestMs: 5_000 };

/** Statuses of a refused handshake that will not pass. */
const FINAL_REFUSALS = new Set([400, 401, 403, 404, 410]);

export interface BotSocketOptions {
  url: string;
  /** Read anew for each connection. */
  token: () => string | undefined;
  /** For the handshake, in ms. */
  timeoutMs: number;
  /** How long it may be away, in ms. */
  deadlineMs: number;
  /** No frame is dealt with before it has resolved. */
  onOpen: () => Promise<void>;
  /** The next frame is read when it has resolved. */
  onText: (text: string) => Promise<void>;
  /** The bot did not answer the close frame in time: what it pushed last is not known here. */
  onCutOff: () => void;
}

/** When a WebSocket is left: from `leave` on it is read to its closing handshake (RFC 6455 section 7.1.1), until `cutOff`. */
export interface Leaving {
  leave: AbortSignal;
  cutOff: AbortSignal;
}

/**
 * Keeps a WebSocket to a bot open until it is to be left: opens it again whenever it breaks. Whatever was read has been dealt with when it ends.
 * @throws BotUnreachable, not retryable, when the bot refuses it for good or it is away for longer than the deadline
 */
export async function holdSocket(options: BotSocketOptions, leaving: Leaving): Promise<void> {
  const { leave } = leaving;
  let awaySinceMs = Date.now();
  let pauses = growingPauses(PAUSES);
  while (!leave.aborted) {
    const end = await connection(options, leaving);
    const { reason = 'it was closed' } = end;
    if (end.isFinal) throw unreachable(`the bot's WebSocket was refused: ${reason}`, true);
    if (end.wasOpen) [awaySinceMs, pauses] = [Date.now(), growingPauses(PAUSES)];
    if (Date.now() - awaySinceMs > options.deadlineMs)
      throw unreachable(`the bot's WebSocket cannot be opened: ${reason}`, true);
    await pause(pauses.next().value, leave);
  }
}

interface ConnectionEnd {
  wasOpen: boolean;
  isFinal: boolean;
  reason?: string;
}

async function connection(options: BotSocketOptions, leaving: Leaving): Promise<ConnectionEnd> {
  const token = options.token();
  const socket = new WebSocket(options.url, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    handshakeTimeout: options.timeoutMs,
    maxPayload: MAX_ANSWER_BYTES,
    perMessageDeflate: false,
  });
  const end: ConnectionEnd = { wasOpen: false, isFinal: false };
  socket.on('unexpected-response', (_, { statusCode = 0 }: IncomingMessage) => {
    Object.assign(end, { reason: `the bot answered ${statusCode}`, isFinal: FINAL_REFUSALS.has(statusCode) });
    socket.terminate();
  });
  socket.on('error', ({ message }) => (end.reason ??= message));
  socket.on('open', () => (end.wasOpen = true));
  const dealtWith = dealInOrder(socket, options);
  const stopPings = ping(socket);
  await closed(socket, options, leaving);
  stopPings();
  await dealtWith();
  return end;
}

/** Nothing more is read from the peer while a frame is dealt with. Binary frames mean nothing here. @returns what waits for the last one */
function dealInOrder(socket: WebSocket, { onOpen, onText }: BotSocketOptions): () => Promise<void> {
  let last = Promise.resolve();
  socket.on('open', () => {
    last = onOpen();
  });
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) return;
    socket.pause();
    const text = data.toString('utf8');
    last = last.then(() => onText(text)).then(() => socket.resume());
  });
  return () => last;
}

async function closed(socket: WebSocket, { onCutOff }: BotSocketOptions, { leave, cutOff }: Leaving): Promise<void> {
  const isClosed = new Promise((resolve) => socket.once('close', resolve));
  const sayGoodbye = (): void => socket.close(1000, 'the conversation has ended');
  const hangUp = (): void => {
    onCutOff();
    socket.terminate();
  };
  leave.addEventListener('abort', sayGoodbye);
  cutOff.addEventListener('abort', hangUp);
  await isClosed;
  leave.removeEventListener('abort', sayGoodbye);
  cutOff.removeEventListener('abort', hangUp);
}

function ping(socket: WebSocket): () => void {
  let isAnswered = true;
  // A pong may wait unread behind a frame that is dealt with.
  for (const sign of ['pong', 'message']) socket.on(sign, () => (isAnswered = true));
  const timer = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN || socket.isPaused) return;
    if (!isAnswered) {
      socket.terminate();
      return;
    }
    isAnswered = false;
    socket.ping();
  }, PING_EVERY_MS);
  return () => clearInterval(timer);
}
