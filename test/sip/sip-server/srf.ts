/** drachtio-srf as these tests use it; the package's own typings leave much of it out. */
export interface SrfRequest {
  readonly method: string;
  readonly body: string;
  /** `network`, or `application` for a request that the server sent. */
  readonly source: string;
  readonly protocol: string;
  readonly source_address: string;
  readonly receivedOn: string;
  readonly isNewInvite: boolean;
  readonly stackTxnId: string;
  readonly stackDialogId: string;
  get(name: string): string;
  on(event: 'cancel', listener: () => void): unknown;
  on(event: 'update', listener: Handler): unknown;
  on(event: 'response', listener: (response: SrfResponse, ack: SrfAck) => void): unknown;
  cancel(options?: { headers?: Record<string, string> } | ((error: Error | null) => void)): void;
}

export interface SrfResponse {
  readonly status: number;
  get(name: string): string;
  readonly stackDialogId: string;
  readonly body: string;
  send(status: number, options?: Options | SendCallback, callback?: SendCallback): void;
}

/** Acknowledges a 2xx, with the answer to a late offer. */
export type SrfAck = (options?: { body: string }) => void;

/** Called with a failure's reason, or with nothing. */
type SendCallback = (error: string | null) => void;

interface Options {
  headers?: Record<string, string>;
  body?: string;
}

export interface SrfDialog {
  readonly id: string;
  readonly local: { contact: string };
  readonly remote: { sdp: string };
  on(event: 'destroy', listener: (request: SrfRequest, reason: string) => unknown): this;
  on(event: 'ack', listener: (ack: SrfRequest) => unknown): this;
  on(event: 'modify' | 'info' | 'notify', listener: Handler): this;
  destroy(): Promise<unknown>;
  modify(sdp: string): Promise<string>;
  request(options: Options & { method: string }): Promise<SrfResponse>;
}

type Handler = (req: SrfRequest, res: SrfResponse) => unknown;

interface CallOptions {
  localSdp?: string;
  localSdpB?: string;
  headers?: Record<string, string>;
  callingNumber?: string;
  auth?: { username: string; password: string };
}

export interface Srf {
  readonly _app: { readonly client: SrfClient };
  on(event: 'error', listener: () => void): unknown;
  on(event: 'connect', listener: (error: Error | null) => void): unknown;
  connect(options: { host: string; port: number; secret: string; tags: string[] }): void;
  use(handler: (req: SrfRequest, res: SrfResponse, next: () => void) => unknown): void;
  invite(handler: Handler): void;
  message(handler: Handler): void;
  register(handler: Handler): void;
  createUAS(req: SrfRequest, res: SrfResponse, options: CallOptions): Promise<SrfDialog>;
  createUAC(
    uri: string,
    options: CallOptions,
    progress?: { cbProvisional: (response: SrfResponse) => void }
  ): Promise<SrfDialog>;
  createUAC(uri: string, options: CallOptions & { noAck: true }): Promise<{ ack: (sdp: string) => void }>;
  createB2BUA(
    req: SrfRequest,
    res: SrfResponse,
    uri: string,
    options: CallOptions
  ): Promise<{ uas: SrfDialog; uac: SrfDialog }>;
  request(
    uri: string,
    options: Options & { method: string; stackDialogId?: string; auth?: { username: string; password: string } },
    callback: (error: Error | null, request: SrfRequest) => void
  ): void;
}

interface SrfClient {
  readonly wp: { closing: boolean; send(socket: object, payload: string): string };
  readonly mapServer: Map<{ destroy(): void }, { pendingRequests: Map<string, () => void> }>;
  _getDefaultSocket(): { destroy(): void; on(event: 'data', listener: (chunk: Buffer) => void): unknown };
}
