import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import http from 'node:http';
import type { CallRecord } from '../../contracts/call-record';
import { callRecordSchema } from '../../contracts/call-record';

/** One POST of a record. */
export interface PushedRecord {
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
  readonly #server = http.createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      this.posts.push({ headers: request.headers, record: callRecordSchema.parse(JSON.parse(text)) });
      response.writeHead(this.#refusals.shift() ?? 200).end();
    });
  });

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/records`;
  }

  /** Statuses for the next POSTs; after them 200. */
  refuse(...statuses: number[]): void {
    this.#refusals.push(...statuses);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
