import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, describe, it, expect, jest } from '@jest/globals';
import { msToTs } from '@temporalio/common/lib/time';
import type { ConnectedCalls } from '../../../client/connect';
import { probeDrachtio } from '../../../client/doctor/drachtio-probe';
import { checkNode, checkTokens } from '../../../client/doctor/local-checks';
import { probeSip } from '../../../client/doctor/sip-probe';
import { checkTrunks } from '../../../client/doctor/trunk-checks';
import { checkClock, checkNamespace, checkSearchAttributes, checkWorker } from '../../../client/doctor/temporal-checks';
import type { TrunkView } from '../../../client/trunks';
import { searchAttributeTypes } from '../../../contracts/search-attributes';
import { channel, ENV, load } from '../config/config-file';
import { grpcError, never } from './fake-temporal';

describe('checkNode', () => {
  it.each(['20.3.0', '20.20.2', '21.0.0', '24.1.0'])('takes %s', (version) => {
    expect(checkNode(version).status).toBe('ok');
  });

  it.each(['18.19.0', '20.2.0'])('does not take %s', (version) => {
    expect(checkNode(version)).toMatchObject({ status: 'fault', toDo: expect.stringContaining('20.3') });
  });
});

describe('checkTokens', () => {
  it('says when the API is open, and which channel has no token', () => {
    expect(checkTokens(load({}))).toMatchObject({ status: 'warning', detail: expect.stringContaining('none') });
    expect(checkTokens(load({}, { ...ENV, DURABLE_CALLS_API_TOKEN: 'o' }))).toMatchObject({
      status: 'warning',
      toDo: 'set DURABLE_CALLS_TOKEN_DEMO_BOT or tokenFile of the channel',
    });
    expect(checkTokens(load({}, { ...ENV, DURABLE_CALLS_TOKEN_DEMO_BOT: 'b' }))).toMatchObject({ status: 'ok' });
  });
});

describe('checkTrunks', () => {
  const registers = (id: string, login: string): object => ({
    ...{ id, login, host: 'peer.example.com', sources: ['127.0.0.1'], register: {} },
  });
  const config = load({
    node: 'berlin',
    trunks: [registers('sales', '1'), registers('support', '2'), registers('spare', '3'), registers('new', '4')],
    channels: [{ ...channel, trunk: 'sales' }],
  });
  const view = (trunk: string, over: Partial<TrunkView> = {}): TrunkView => ({
    ...{ trunk, node: 'berlin', login: '1', state: 'up', registration: 'registered', since: '', target: 'sip:peer' },
    ...{ failures: 0, calls: 0 },
    ...over,
  });
  const list = jest.fn<() => Promise<TrunkView[]>>();
  const temporal = { trunks: { list } } as unknown as Pick<ConnectedCalls, 'trunks'>;

  it('tells of each whether it is up', async () => {
    list.mockResolvedValueOnce([
      view('sales'),
      view('support', { state: 'down', registration: 'failing', problem: '408 Request Timeout' }),
      view('spare', { state: 'degraded' }),
      view('new', { node: 'another' }),
    ]);
    expect(await checkTrunks(temporal, config)).toMatchObject([
      { name: 'trunk sales', status: 'ok', detail: 'up, registered at sip:peer' },
      { name: 'trunk support', status: 'fault', detail: 'down, failing at sip:peer: 408 Request Timeout' },
      { name: 'trunk spare', status: 'warning' },
      { name: 'trunk new', status: 'fault', detail: 'no worker has taken it up' },
    ]);
  });

  it('asks for none that neither registers nor is watched', async () => {
    list.mockClear();
    expect(await checkTrunks(temporal, load({}))).toEqual([]);
    expect(list).not.toHaveBeenCalled();
  });

  it('passes over them when their state cannot be asked for', async () => {
    list.mockRejectedValueOnce(new Error('no answer'));
    expect(await checkTrunks(temporal, config)).toMatchObject([{ status: 'skipped' }]);
  });
});

interface FakeServices {
  describeNamespace: jest.Mock<() => Promise<object>>;
  listSearchAttributes: jest.Mock<() => Promise<object>>;
  describeTaskQueue: jest.Mock<() => Promise<object>>;
  pollWorkflowTaskQueue: jest.Mock<() => Promise<object>>;
}

function fakeTemporal(): FakeServices & { temporal: ConnectedCalls } {
  const services: FakeServices = {
    describeNamespace: jest.fn<() => Promise<object>>().mockResolvedValue({}),
    listSearchAttributes: jest.fn<() => Promise<object>>(),
    describeTaskQueue: jest.fn<() => Promise<object>>(),
    pollWorkflowTaskQueue: jest.fn<() => Promise<object>>().mockImplementation(never),
  };
  const connection = {
    workflowService: services,
    operatorService: services,
    withDeadline: (_: number, request: () => unknown) => request(),
    withAbortSignal: (_: AbortSignal, request: () => unknown) => request(),
  };
  const temporal = { connection, address: 'temporal:7233', namespace: 'calls' } as unknown as ConnectedCalls;
  return { ...services, temporal };
}

const pollerSeen = (agoMs: number): object => ({
  pollers: [{ identity: '1@host', lastAccessTime: msToTs(Date.now() - agoMs) }],
});

describe('the checks of Temporal', () => {
  it('tell a namespace that there is not from a server that does not answer', async () => {
    const { temporal, describeNamespace } = fakeTemporal();
    expect(await checkNamespace(temporal)).toMatchObject({ status: 'ok' });
    describeNamespace.mockRejectedValue(grpcError(5));
    expect(await checkNamespace(temporal)).toMatchObject({
      status: 'fault',
      toDo: expect.stringContaining('temporal operator namespace create --namespace calls'),
    });
    describeNamespace.mockRejectedValue(grpcError(14));
    expect(await checkNamespace(temporal)).toMatchObject({
      status: 'fault',
      toDo: expect.stringContaining('TEMPORAL_ADDRESS'),
    });
  });

  it('name the search attributes that are missing or of another type', async () => {
    const { temporal, listSearchAttributes } = fakeTemporal();
    const all = Object.fromEntries(Object.keys(searchAttributeTypes).map((name) => [name, 2]));
    listSearchAttributes.mockResolvedValue({ customAttributes: all });
    expect(await checkSearchAttributes(temporal)).toMatchObject({ status: 'ok' });
    const { CallPhase: _, CallTrunk: __, ...others } = all;
    listSearchAttributes.mockResolvedValue({ customAttributes: others });
    expect(await checkSearchAttributes(temporal)).toMatchObject({
      status: 'fault',
      toDo: 'run: temporal operator search-attribute create --namespace calls --name CallPhase --type Keyword --name CallTrunk --type Keyword',
    });
    listSearchAttributes.mockResolvedValue({ customAttributes: { ...all, CallTrunk: 1 } });
    expect(await checkSearchAttributes(temporal)).toMatchObject({
      status: 'fault',
      detail: 'CallTrunk are not of type Keyword',
    });
    listSearchAttributes.mockRejectedValue(grpcError(7));
    expect(await checkSearchAttributes(temporal)).toMatchObject({ status: 'skipped' });
  });

  it('look whether a worker asked for tasks lately', async () => {
    const { temporal, describeTaskQueue } = fakeTemporal();
    describeTaskQueue.mockResolvedValue(pollerSeen(60_000));
    expect(await checkWorker(temporal, 'local')).toMatchObject({ status: 'ok', detail: 'sip-local: 1@host' });
    describeTaskQueue.mockResolvedValue(pollerSeen(120_000));
    expect(await checkWorker(temporal, 'local')).toMatchObject({
      status: 'fault',
      detail: 'the last one asked for tasks of sip-local 120 s ago',
    });
    describeTaskQueue.mockResolvedValue({ pollers: [] });
    expect(await checkWorker(temporal, 'local')).toMatchObject({ status: 'fault' });
    describeTaskQueue.mockRejectedValue(grpcError(7));
    expect(await checkWorker(temporal, 'local')).toMatchObject({ status: 'skipped' });
  });

  it('compare the clocks by the time at which the server saw a poll', async () => {
    const { temporal, describeTaskQueue } = fakeTemporal();
    describeTaskQueue.mockImplementation(() => Promise.resolve(pollerSeen(0)));
    expect(await checkClock(temporal)).toMatchObject({ status: 'ok' });
    describeTaskQueue.mockImplementation(() => Promise.resolve(pollerSeen(60_000)));
    expect(await checkClock(temporal)).toMatchObject({
      status: 'warning',
      detail: expect.stringMatching(/^about (59|60) s ahead of Temporal’s$/),
    });
    describeTaskQueue.mockImplementation(() => Promise.resolve(pollerSeen(-60_000)));
    expect(await checkClock(temporal)).toMatchObject({ detail: expect.stringMatching(/behind/) });
    describeTaskQueue.mockResolvedValue({ pollers: [] });
    expect(await checkClock(temporal)).toMatchObject({ status: 'skipped' });
  });
});

describe('probeDrachtio', () => {
  let server: Server;
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  async function probe(onFrame: (frame: string, socket: Socket) => void): ReturnType<typeof probeDrachtio> {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (chunk) => onFrame(chunk.toString(), socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return probeDrachtio('127.0.0.1', (server.address() as AddressInfo).port, 'cymru');
  }

  it('authenticates, and reads the answer however it is split', async () => {
    let asked = '';
    const text = 'id|response|x|OK|udp/192.0.2.1:5060|v1+effects|udp/0.0.0.0:5060,tcp/[::1]:5062';
    const reception = await probe((frame, socket) => {
      asked = frame;
      const reply = `${text.length}#${text}`;
      socket.write(reply.slice(0, 1));
      setTimeout(() => socket.write(reply.slice(1)), 10);
    });
    const [, length, body = ''] = /^(\d+)#(.*)$/.exec(asked) ?? [];
    expect(Number(length)).toBe(body.length);
    expect(body).toMatch(/^[0-9a-f-]{36}\|authenticate\|cymru\|doctor$/);
    expect(reception).toEqual({
      kind: 'accepted',
      version: 'v1+effects',
      listeners: [
        { transport: 'udp', host: '0.0.0.0', port: 5060 },
        { transport: 'tcp', host: '::1', port: 5062 },
      ],
    });
  });

  it('hears a refusal', async () => {
    const text = 'id|response|x|NO|wrong secret';
    const reception = await probe((_, socket) => socket.end(`${text.length}#${text}`));
    expect(reception).toEqual({ kind: 'refused', reason: 'wrong secret' });
  });

  it('knows what is no SIP server', async () => {
    expect(await probe((_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))).toEqual({
      kind: 'unreachable',
      reason: 'the connection was closed',
    });
  });

  it('finds a port closed', async () => {
    await probe((_, socket) => socket.destroy());
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await probeDrachtio('127.0.0.1', port, 'cymru')).toMatchObject({ kind: 'unreachable' });
    expect(await probeSip({ transport: 'tcp', host: '127.0.0.1', port })).toBeUndefined();
  });
});
