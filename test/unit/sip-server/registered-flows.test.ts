import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RegisteredFlows } from '../../../sip-server/dialog/registered-flows';
import { responseTo } from '../../../sip-server/message/respond';
import { toListener } from '../../../sip-server/transport/listen-spec';
import type { Protocol } from '../../../sip-server/transport/protocol';
import type { Flow } from '../../../sip-server/transport/types';
import { parseRequest, requestLines, sipText } from './sip-text';

let flows: RegisteredFlows;

beforeEach(() => {
  jest.useFakeTimers();
  flows = new RegisteredFlows();
});

afterEach(() => {
  jest.useRealTimers();
});

function flow(protocol: Protocol = 'tcp'): Flow & { isOpen: boolean } {
  const listener = toListener({ protocol, address: '127.0.0.1', port: 0 }, 5060);
  return { protocol, listener, remote: { address: '192.0.2.1', port: 4711 }, isOpen: true, write: () => undefined };
}

interface Exchange {
  method?: string;
  status?: number;
  way?: Flow;
  headers?: [string, string][];
}

/** An application answers the REGISTER of alice. */
function note({ method = 'REGISTER', status = 200, way = flow(), headers = [['Expires', '60']] }: Exchange = {}): Flow {
  const contact = 'Contact: <sip:alice@10.0.0.7:5060;transport=tcp>';
  const request = parseRequest(sipText(requestLines(method, [contact])));
  flows.note(request, responseTo(request, status, undefined, { headers }), way);
  return way;
}

const alice = 'sip:alice@10.0.0.7';

describe('RegisteredFlows', () => {
  it.each([
    ['REGISTER', 200],
    ['SUBSCRIBE', 200],
    ['SUBSCRIBE', 202],
  ])('find who sent a %s that got %i', (method, status) => {
    const way = note({ method, status });
    expect(flows.find(alice)).toBe(way);
    expect(flows.find('sip:bob@10.0.0.7')).toBeUndefined();
  });

  it('take the expiry of Contact first', () => {
    note({ headers: [['Contact', `<${alice}>;expires=600`]] });
    jest.advanceTimersByTime(599_000);
    expect(flows.find(alice)).toBeDefined();
    jest.advanceTimersByTime(1000);
    expect(flows.find(alice)).toBeUndefined();
  });

  it.each([
    ['was refused', { status: 403 }],
    ['came over UDP', { way: flow('udp') }],
    ['is none', { method: 'OPTIONS' }],
    ['has no expiry', { headers: [] }],
  ] as [string, Exchange][])('leave out a registration that %s', (_why, exchange) => {
    note(exchange);
    expect(flows.find(alice)).toBeUndefined();
  });

  it('forget who is gone: by expiry 0, a closed connection, or a new one', () => {
    note();
    note({ headers: [['Expires', '0']] });
    expect(flows.find(alice)).toBeUndefined();
    const closed = flow();
    note({ way: closed });
    closed.isOpen = false;
    flows.sweep();
    closed.isOpen = true;
    expect(flows.find(alice)).toBeUndefined();
    const newer = flow();
    note({ way: closed });
    note({ way: newer });
    expect(flows.find(alice)).toBe(newer);
  });
});
