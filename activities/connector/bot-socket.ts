import type { IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import { MAX_ANSWER_BYTES, unreachable } from './ask-bot';
import { pause } from './pause';

/** A peer that answers no ping is gone. */
const PING_EVERY_MS = 10_000;

/** Pauses before a connection is tried again, doubled each time. */
const AGAIN_MS = 100;
const AGAIN_LATEST_MS = 5_000;

/** Time for the closing handshake (RFC 6455 section 7.1.1). */
const CLOSE_GRACE_MS = 1_000;

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
  onOpen: () => Promise<void>;
  /** The next frame is read when it has resolved. */
  onText: (text: string) => Promise<void>;
}

/**
 * Keeps a WebSocket to a bot open until the signal: opens it again whenever it breaks.
 * @throws BotUnreachable, not retryable, when the bot refuses it for good or it is away for longer than the deadline
 */
export async function holdSocket(options: BotSocketOptions, signal: AbortSignal): Promise<void> {
  let awaySinceMs = Date.now();
  let againMs = AGAIN_MS;
  while (!signal.aborted) {
    const end = await connection(options, signal);
    const { reason = 'it was closed' } = end;
    if (end.isFinal) throw unreachable(`the bot's WebSocket was refused: ${reason}`, true);
    if (end.wasOpen) [awaySinceMs, againMs] = [Date.now(), AGAIN_MS];
    if (Date.now() - awaySinceMs > options.deadlineMs)
      throw unreachable(`the bot's WebSocket cannot be opened: ${reason}`, true);
    await pause(againMs, signal);
    againMs = Math.min(againMs * 2, AGAIN_LATEST_MS);
  }
}

interface ConnectionEnd {
  wasOpen: boolean;
  isFinal: boolean;
  reason?: string;
}

async function connection(options: BotSocketOptions, signal: AbortSignal): Promise<ConnectionEnd> {
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
  socket.on('open', () => {
    end.wasOpen = true;
    void options.onOpen();
  });
  readInOrder(socket, options.onText);
  const stopPings = ping(socket);
  const leave = (): void => close(socket);
  signal.addEventListener('abort', leave);
  await new Promise((resolve) => socket.once('close', resolve));
  signal.removeEventListener('abort', leave);
  stopPings();
  return end;
}

/** Nothing more is read from the peer while a frame is dealt with. Binary frames mean nothing here. */
function readInOrder(socket: WebSocket, onText: BotSocketOptions['onText']): void {
  let last = Promise.resolve();
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) return;
    socket.pause();
    const text = data.toString('utf8');
    last = last.then(() => onText(text)).then(() => socket.resume());
  });
}

function ping(socket: WebSocket): () => void {
  let isAnswered = true;
  socket.on('pong', () => (isAnswered = true));
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

function close(socket: WebSocket): void {
  socket.resume();
  socket.close(1000, 'the conversation has ended');
  setTimeout(() => socket.terminate(), CLOSE_GRACE_MS).unref();
}
