import { createHash, timingSafeEqual } from 'node:crypto';
import type { Logger } from 'pino';
import { after } from '../dialog/timer';
import { bracketed, formatHostPort } from '../message/host-port';
import type { Listener } from '../transport/types';
import type { ClientRequests } from './client-requests';
import type { ClientResponses } from './client-responses';
import { parseClientMessage } from './client-message';
import type { Clients } from './clients';
import type { ClientConnection, ConnectionEvents } from './connection';
import { failureFrame, okFrame, rejectionFrame } from './frames';
import type { ClientFrame } from './frames';

/** What a guess at the secret costs; the number of guesses at a time is bounded by that of unauthenticated connections. */
const wrongSecretDelayMs = 500;

/** Drachtio's version form, which clients compare; `+effects` says that effect ids are understood. */
const version = 'v1.0.0+effects';

export interface ProtocolContext {
  secret: string;
  listeners(): readonly Listener[];
  clients: Clients;
  requests: ClientRequests;
  responses: ClientResponses;
  /** A client authenticated or wants another method: it may take what waits. */
  onClientReady(): void;
  /** A client is gone or hangs. */
  onClientLost(connection: ClientConnection): void;
  onClientBack(connection: ClientConnection): void;
  log: Logger;
}

/** The drachtio protocol on one client connection: every frame gets one terminal reply. */
export class Protocol implements ConnectionEvents {
  constructor(private readonly context: ProtocolContext) {}

  onFrame(connection: ClientConnection, frame: ClientFrame): void {
    if (frame.verb === 'authenticate') this.authenticate(connection, frame);
    else if (!connection.isAuthenticated) this.reject(connection, frame.msgId, 'not authenticated');
    else {
      try {
        this.dispatch(connection, frame);
      } catch (error) {
        this.context.log.error({ err: error, client: connection.id }, 'fault in the handling of a client frame');
        connection.send(failureFrame(frame.msgId, 'server error'));
      }
    }
  }

  onClosed(connection: ClientConnection): void {
    if (!this.context.clients.remove(connection)) return;
    this.context.log.info({ client: connection.id }, 'client disconnected');
    this.context.onClientLost(connection);
  }

  onFault(connection: ClientConnection, error: unknown): void {
    this.context.log.warn({ err: error, client: connection.id }, 'client connection broken');
  }

  onHung(connection: ClientConnection, why: string): void {
    if (!connection.isAuthenticated) return;
    this.context.log.warn({ client: connection.id, tags: connection.tags, why }, 'client hangs');
    this.context.onClientLost(connection);
  }

  onBack(connection: ClientConnection): void {
    if (!connection.isAuthenticated) return;
    this.context.log.info({ client: connection.id }, 'client that hung is back');
    this.context.onClientBack(connection);
  }

  private authenticate(connection: ClientConnection, { msgId, args: [secret = '', tags = ''] }: ClientFrame): void {
    if (!isSameSecret(secret, this.context.secret)) {
      this.context.log.warn({ remote: connection.remote }, 'client with a wrong secret');
      connection.ignore();
      after(wrongSecretDelayMs, () => this.reject(connection, msgId, 'wrong secret'));
      return;
    }
    connection.isAuthenticated = true;
    connection.tags = tags.split(',').filter((tag) => tag !== '');
    const listeners = this.context.listeners();
    const advertised = listeners.map(({ protocol, advertised: at }) => `${protocol}/${formatHostPort(at)}`);
    const bound = listeners.map(
      ({ protocol, address: host, port }) => `${protocol}/${formatHostPort({ host: bracketed(host), port })}`
    );
    connection.send(okFrame(msgId, advertised.join(','), version, bound.join(',')));
    this.context.clients.add(connection);
    this.context.log.info({ client: connection.id, tags: connection.tags }, 'client connected');
    this.context.onClientReady();
  }

  private reject(connection: ClientConnection, msgId: string, reason: string): void {
    connection.send(rejectionFrame(msgId, reason));
    connection.close();
  }

  private dispatch(connection: ClientConnection, frame: ClientFrame): void {
    const { msgId, verb, args } = frame;
    const [route = ''] = args;
    switch (verb) {
      case 'ping':
        connection.send(okFrame(msgId, 'pong'));
        break;
      case 'route':
        connection.routes.add(route.toLowerCase());
        connection.send(okFrame(msgId));
        this.context.onClientReady();
        break;
      case 'remove_route':
        connection.routes.delete(route.toLowerCase());
        connection.send(okFrame(msgId));
        break;
      case 'sip':
        this.onSip(connection, frame);
        break;
      default:
        connection.send(failureFrame(msgId, `${verb} is not supported`));
    }
  }

  private onSip(connection: ClientConnection, { msgId, args, sip }: ClientFrame): void {
    const [transactionId = '', dialogId = '', nextHop] = args;
    const message = sip && parseClientMessage(sip);
    if (message === undefined) connection.send(failureFrame(msgId, 'malformed SIP message'));
    else if (message.kind === 'response') this.context.responses.answer(connection, msgId, message, transactionId);
    else if (dialogId !== '') this.context.requests.inDialog(connection, msgId, message, dialogId);
    else if (transactionId !== '') this.context.requests.cancel(connection, msgId, message, transactionId);
    else this.context.requests.initial(connection, msgId, message, nextHop);
  }
}

/** Takes the same time wherever the two differ. */
function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
