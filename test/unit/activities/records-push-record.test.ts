import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createRecordPushActivities } from '../../../activities/records/push-record';
import type { CallRecord } from '../../../contracts/call-record';
import { FAILURE } from '../../../contracts/failures';

const record = { schemaVersion: 1, key: 'mfrggzdfmztwq2lk-20250102T030405006Z', talkMs: 7 } as CallRecord;

let server: Server;
let url: string;
let status: number;
let received: { method: string | undefined; headers: IncomingHttpHeaders; body: string }[];

beforeEach(async () => {
  status = 204;
  received = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ method: request.method, headers: request.headers, body });
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/calls`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const push = (target?: { url: string; token?: string }): Promise<void> => {
  const activities = createRecordPushActivities(target === undefined ? {} : { push: target });
  return new MockActivityEnvironment().run(() => activities.pushRecord(record));
};

describe('pushRecord', () => {
  it('POSTs the record with its key and the token', async () => {
    await push({ url, token: 'secret' });
    await push({ url });
    expect(received).toHaveLength(2);
    expect(received[0]).toMatchObject({
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': record.key,
        authorization: 'Bearer secret',
      },
    });
    expect(JSON.parse(received[0]!.body)).toEqual(record);
    expect(received[1]!.headers).not.toHaveProperty('authorization');
    expect(received[1]!.headers['idempotency-key']).toBe(record.key);
  });

  it.each([302, 400, 401, 409, 500, 503])('fails, to be repeated, when the receiver answers %d', async (answer) => {
    status = answer;
    await expect(push({ url })).rejects.toMatchObject({
      type: FAILURE.RECORD_NOT_TAKEN,
      nonRetryable: false,
      message: `the record was not taken: answered ${answer}`,
    });
    expect(received).toHaveLength(1);
  });

  it('fails, to be repeated, when nobody listens and where none is configured', async () => {
    await expect(push({ url: 'http://127.0.0.1:1/' })).rejects.toMatchObject({ type: FAILURE.RECORD_NOT_TAKEN });
    await expect(push()).rejects.toMatchObject({ type: FAILURE.RECORD_NOT_TAKEN, nonRetryable: false });
  });
});
