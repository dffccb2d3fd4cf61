import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import http from 'node:http';
import type { CallRecord } from '../../contracts/call-record';
import { callRecordSchema } from '../../contracts/call-record';

/** One POST of a record. */
export interface PushedRecord {
  /** Milliseconds since the epoch. */
  at: number;
  headers: http.IncomingHttpHeaders;
  record: CallRecord;
}

/** Takes call records that are pushed to it, or refuses them. */
export class RecordReceiver {
  static async open(): Promise<RecordReceiver> {
    const receiver = new RecordReceiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  /** Every POST, refused ones included. */
  readonly posts: PushedRecord[] = [];
  readonly #refusals: number[] = [];
  readonly #heldBack = new Map<string, Promise<void>>();
  readonly #server = http.createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const record = callRecordSchema.parse(JSON.parse(text));
      this.posts.push({ at: Date.now(), headers: request.headers, record });
      const answer = (): unknown => response.writeHead(this.#refusals.shift() ?? 200).end();
      void (this.#heldBack.get(record.callId) ?? Promise.resolve()).then(answer);
    });
  });

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/records`;
  }

  /** Statuses for the next POSTs; after them 200. */
  refuse(...statuses: number[]): void {
    this.#refusals.push(...statuses);
  }

  /** Leaves the POSTs of a call's record unanswered until then. */
  holdBack(callId: string, until: Promise<void>): void {
    this.#heldBack.set(callId, until);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
