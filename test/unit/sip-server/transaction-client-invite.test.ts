import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SipMessage } from '../../../sip-server/message/message';
import { serialize } from '../../../sip-server/message/serialize';
import { topVia } from '../../../sip-server/message/via';
import { parseRequest, requestLines, sipText } from './sip-text';
import { silentUser, TransactionBench } from './transaction-bench';

let bench: TransactionBench;

beforeEach(async () => {
  bench = await TransactionBench.open();
});

afterEach(() => bench.close());

function branchOf(message: SipMessage): string | undefined {
  return topVia(message.headers)?.branch;
}

describe('INVITE client transaction', () => {
  it('stops retransmitting at the first provisional response, which 100 is', async () => {
    const transaction = bench.request('INVITE');
    await bench.peer.next();
    const request = await bench.peer.expectRequest('INVITE');
    bench.answer(request, 100);
    bench.answer(request, 180);
    await bench.journal.expect('provisional 180');
    const copies = bench.peer.titles.length;
    bench.request('INFO');
    await bench.journal.expect('timeout');
    expect(bench.journal.entries).toEqual(['provisional 180', 'timeout']);
    expect(bench.peer.titles.filter((title) => title === 'INVITE')).toHaveLength(copies);
    expect(transaction.isProceeding).toBe(true);
  });

  it('acknowledges each copy of a refusal itself, on the INVITE branch with its Route', async () => {
    bench.request('INVITE', { extra: ['Route: <sip:p1;lr>', 'Route: <sip:p2;lr>'] });
    const invite = await bench.peer.expectRequest('INVITE');
    bench.answer(invite, 486, 'busy');
    const ack = await bench.peer.expectRequest('ACK');
    bench.answer(invite, 486, 'busy');
    await bench.peer.expect('ACK');
    expect(branchOf(ack)).toBe(branchOf(invite));
    expect(ack.uri).toBe(invite.uri);
    expect(ack.headers.all('Route')).toEqual(['<sip:p1;lr>', '<sip:p2;lr>']);
    expect(ack.headers.get('To')).toBe('<sip:bob@127.0.0.1>;tag=busy');
    expect(ack.headers.get('CSeq')).toBe('1 ACK');
    expect(bench.journal.entries).toEqual(['final 486']);
  });

  it('leaves the ACK of a 2xx to its user and reports further 2xx', async () => {
    bench.request('INVITE');
    const invite = await bench.peer.expectRequest('INVITE');
    bench.answer(invite, 200, 'one');
    await bench.journal.expect('final 200');
    bench.answer(invite, 200, 'one');
    bench.answer(invite, 486, 'two');
    bench.answer(invite, 202, 'three');
    await bench.journal.expect('further 202');
    expect(bench.journal.entries).toEqual(['final 200', 'further 200', 'further 202']);
    bench.request('INFO');
    await bench.peer.expect('INFO');
    expect(bench.peer.titles).not.toContain('ACK');
  });

  it('times out after 64*T1, and still reports a 2xx that comes later', async () => {
    bench.request('INVITE');
    const invite = await bench.peer.expectRequest('INVITE');
    await bench.journal.expect('timeout');
    bench.answer(invite, 200);
    await bench.journal.expect('further 200');
    expect(bench.journal.entries).toEqual(['timeout', 'further 200']);
  });

  it('survives a user that throws', async () => {
    const { layer, target, peer, journal } = bench;
    const user = {
      ...silentUser,
      onFinal: () => {
        journal.add('thrown');
        throw new Error('fault');
      },
    };
    layer.request(parseRequest(sipText(requestLines('INVITE'))), { target }, user);
    bench.answer(await peer.expectRequest('INVITE'), 404);
    await journal.expect('thrown');
    await expect(peer.expect('ACK')).resolves.toBeDefined();
  });
});

describe('ACK of a 2xx', () => {
  it('goes out with a branch of its own and again byte for byte', async () => {
    const nextHop = { target: bench.target };
    const ack = bench.layer.sendAck(parseRequest(sipText(requestLines('ACK'))), nextHop);
    bench.layer.resend(ack, nextHop);
    const [first, second] = [await bench.peer.expect('ACK'), await bench.peer.expect('ACK')];
    expect(serialize(first)).toEqual(serialize(second));
    expect(serialize(first)).toHaveLength(ack.bytes);
    expect(branchOf(first)).toMatch(/^z9hG4bK[0-9a-f]{24}$/);
    expect(bench.layer.size).toBe(0);
  });
});
