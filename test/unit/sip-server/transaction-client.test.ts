import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SipResponse } from '../../../sip-server/message/message';
import { responseTo } from '../../../sip-server/message/respond';
import { serialize } from '../../../sip-server/message/serialize';
import { parseRequest, requestLines, sipText } from './sip-text';
import { silentUser, TransactionBench } from './transaction-bench';

let bench: TransactionBench;

beforeEach(async () => {
  bench = await TransactionBench.open();
});

afterEach(() => bench.close());

describe('client transaction', () => {
  it('sends with our Via, Max-Forwards and the size that was told, after its caller has it', async () => {
    const request = parseRequest(
      sipText(['INFO sip:b@h SIP/2.0', ...requestLines('INFO').slice(3)].concat('Via: SIP/2.0/UDP mine'), 'x')
    );
    request.headers.delete('Max-Forwards');
    const { request: sent, bytes, flow } = bench.layer.request(request, { target: bench.target }, silentUser);
    expect(bench.peer.received).toEqual([]);
    const received = await bench.peer.expectRequest('INFO');
    expect(received.headers.all('Via')).toEqual([
      expect.stringMatching(/^SIP\/2\.0\/UDP 127\.0\.0\.1:\d+;branch=z9hG4bK[0-9a-f]{24};rport$/),
    ]);
    expect(received.headers.get('Max-Forwards')).toBe('70');
    expect(serialize(sent)).toHaveLength(bytes);
    expect(flow?.remote.port).toBe(bench.peer.port);
    expect(request.headers.all('Via')).toEqual(['SIP/2.0/UDP mine']);
  });

  it('reports that no listener can reach the target', async () => {
    const target = { protocol: 'udp' as const, address: '::1', port: 5060 };
    const transaction = bench.request('INVITE', { target });
    expect(bench.journal.entries).toEqual([]);
    await bench.journal.expect('transport no udp listener can reach [::1]:5060');
    expect(transaction.isPending).toBe(false);
    expect(bench.layer.size).toBe(0);
  });

  it('ignores responses of another branch, call, CSeq, method, To tag or with a second Via', async () => {
    const transaction = bench.request('INFO');
    const request = await bench.peer.expectRequest('INFO');
    const forge = (name: string, value: string): void => {
      const response = responseTo(request, 200);
      response.headers.set(name, value);
      bench.peer.send(serialize(response), bench.udpPort);
    };
    forge('Via', 'SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKforeign');
    forge('Via', `${request.headers.get('Via')!}, SIP/2.0/UDP below;branch=z9hG4bKb`);
    forge('Call-ID', 'other');
    forge('CSeq', '2 INFO');
    forge('CSeq', '1 BYE');
    forge('From', '<sip:alice@127.0.0.1>;tag=other');
    bench.answer(request, 180);
    await bench.journal.expect('provisional 180');
    expect(transaction.isPending).toBe(true);
    expect(bench.journal.entries).toEqual(['provisional 180']);
  });
});

describe('client transaction inside a dialog', () => {
  it('ignores a response with another To tag than the request', async () => {
    const inDialog = parseRequest(
      sipText(requestLines('BYE').map((line) => (line.startsWith('To:') ? `${line};tag=B1` : line)))
    );
    const user = { ...silentUser, onFinal: (response: SipResponse) => bench.journal.add(`final ${response.status}`) };
    bench.layer.request(inDialog, { target: bench.target }, user);
    const request = await bench.peer.expectRequest('BYE');
    const other = responseTo(request, 481);
    other.headers.set('To', '<sip:bob@127.0.0.1>;tag=b2');
    bench.peer.send(serialize(other), bench.udpPort);
    const same = responseTo(request, 200);
    same.headers.set('To', '<sip:bob@127.0.0.1>;tag=b1');
    bench.peer.send(serialize(same), bench.udpPort);
    await bench.journal.expect('final 200');
    expect(bench.journal.entries).toEqual(['final 200']);
  });
});

describe('non-INVITE client transaction', () => {
  it('retransmits the same bytes until it is answered, and reports one final response', async () => {
    bench.request('INFO');
    const copies = [await bench.peer.next(), await bench.peer.next(), await bench.peer.next()];
    expect(new Set(copies.map((copy) => serialize(copy).toString())).size).toBe(1);
    const request = await bench.peer.expectRequest('INFO');
    bench.answer(request, 200);
    bench.answer(request, 200);
    await bench.journal.expect('final 200');
    expect(bench.journal.entries).toEqual(['final 200']);
  });

  it('absorbs 100, reports other provisional responses and goes on retransmitting', async () => {
    bench.request('INFO');
    const request = await bench.peer.expectRequest('INFO');
    bench.answer(request, 100);
    bench.answer(request, 183);
    await bench.journal.expect('provisional 183');
    await bench.peer.expect('INFO');
    expect(bench.journal.entries).toEqual(['provisional 183']);
  });

  it('times out after 64*T1 and leaves nothing behind', async () => {
    const transaction = bench.request('INFO');
    await bench.journal.expect('timeout');
    expect(transaction.isPending).toBe(false);
    expect(bench.layer.size).toBe(0);
  });

  it('cannot be cancelled', () => {
    expect(() => bench.request('INFO').cancel()).toThrow('cannot be cancelled');
  });
});
