import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import Srf from 'drachtio-srf';

/** The part of drachtio-srf 5.0.29 that is used, typed as it behaves: its own typings lack much of it. */

export interface SrfMessage {
  readonly body: string | undefined;
  readonly raw: string;
  has(name: string): boolean;
  get(name: string): string;
  getParsedHeader(name: string): unknown;
}

export interface SrfRequest extends SrfMessage, EventEmitter {
  readonly method: string;
  readonly uri: string;
  readonly source: 'network' | 'application';
  readonly source_address: string;
  readonly source_port: number;
  readonly stackTxnId: string;
  readonly stackDialogId: string | undefined;
}

export interface SrfResponse extends SrfMessage {
  readonly status: number;
  readonly reason: string;
  readonly stackDialogId: string | undefined;
  send(status: number, reason: string | undefined, options: SrfSendOptions, callback?: (err: unknown) => void): void;
}

export interface SrfSendOptions {
  headers?: Record<string, string>;
  body?: string;
}

export interface SrfRequestOptions extends SrfSendOptions {
  method: string;
  stackDialogId?: string;
  stackTxnId?: string;
  proxy?: string;
}

/** An error of drachtio-srf: `ENODIALOG`, `ESOCKETDESTROYED` or `EDRACHTIO`. */
export interface SrfError extends Error {
  code?: string;
}

export type SrfHandler = (req: SrfRequest, res: SrfResponse, next: () => void) => void;

export interface SrfAgent {
  sendMessage(message: string, options: { stackTxnId: string }): string;
  _getDefaultSocket(): Socket;
  /** Says of each connection when it is open, the later ones included. */
  readonly wp: { on(event: 'connect', listener: (socket: Socket) => void): void };
  /** What each connection waits for: replies of the SIP server by message id. */
  readonly mapServer: Map<Socket, { pendingRequests: Map<string, (tokens: string[]) => void> }>;
}

export interface SrfInstance extends EventEmitter {
  readonly _app: { client?: SrfAgent };
  connect(options: {
    host: string;
    port: number;
    secret: string;
    reconnect?: { retryMaxDelay: number };
    enablePing?: boolean;
    /** In ms, 5000 at least. */
    pingInterval?: number;
  }): void;
  disconnect(): void;
  use(handler: SrfHandler): void;
  invite(handler: SrfHandler): void;
  options(handler: SrfHandler): void;
  notify(handler: SrfHandler): void;
  request(uri: string, options: SrfRequestOptions, callback: (err: SrfError | null, request: SrfRequest) => void): void;
}

export function createSrf(tags: string[]): SrfInstance {
  return new Srf(tags) as unknown as SrfInstance;
}
