import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SipMessage } from '../../../sip-server/message/message';
import { serialize } from '../../../sip-server/message/serialize';
import { topVia } from '../../../sip-server/message/via';
import { TransactionBench } from './transaction-bench';

let bench: TransactionBench;

beforeEach(async () => {
  bench = await TransactionBench.open();
});

afterEach(() => bench.close());

function branchOf(message: SipMessage): string | undefined {
  return topVia(message.headers)?.branch;
}

describe('cancelling', () => {
  it('waits for a provisional response, then sends one CANCEL with the INVITE branch', async () => {
    const transaction = bench.request('INVITE', { extra: ['Route: <sip:p1;lr>'] });
    const returned = transaction.cancel([
      ['Reason', 'SIP;cause=200'],
      ['From', 'evil'],
    ]);
    transaction.cancel();
    const invite = await bench.peer.expectRequest('INVITE');
    await bench.peer.expect('INVITE');
    expect(bench.peer.titles).not.toContain('CANCEL');
    bench.answer(invite, 180);
    const cancel = await bench.peer.expectRequest('CANCEL');
    expect(serialize(cancel)).toEqual(serialize(returned));
    expect(branchOf(cancel)).toBe(branchOf(invite));
    expect(cancel.headers.get('Reason')).toBe('SIP;cause=200');
    expect(cancel.headers.get('From')).toBe(invite.headers.get('From'));
    expect(cancel.headers.get('CSeq')).toBe('1 CANCEL');
    expect(cancel.headers.get('Route')).toBe('<sip:p1;lr>');
    bench.answer(cancel, 200);
    bench.answer(invite, 487);
    await bench.journal.expect('final 487');
    await bench.peer.expect('ACK');
    expect(bench.journal.entries).toEqual(['provisional 180', 'final 487']);
  });

  it('after a provisional response sends CANCEL at once and again when it is lost', async () => {
    const transaction = bench.request('INVITE');
    bench.answer(await bench.peer.expectRequest('INVITE'), 180);
    await bench.journal.expect('provisional 180');
    transaction.cancel();
    await bench.peer.expect('CANCEL');
    await expect(bench.peer.expect('CANCEL')).resolves.toBeDefined();
  });

  it('sends no second CANCEL, whoever asks and whatever provisional response comes', async () => {
    await bench.close();
    bench = await TransactionBench.open({ t1: 10000 });
    const transaction = bench.request('INVITE');
    const invite = await bench.peer.expectRequest('INVITE');
    bench.answer(invite, 180);
    await bench.journal.expect('provisional 180');
    transaction.cancel();
    transaction.cancel();
    bench.answer(invite, 183);
    await bench.journal.expect('provisional 183');
    bench.request('INFO');
    await bench.peer.expect('INFO');
    expect(bench.peer.titles).toEqual(['INVITE', 'CANCEL', 'INFO']);
  });

  it('reports a 2xx that crosses the CANCEL', async () => {
    const transaction = bench.request('INVITE');
    const invite = await bench.peer.expectRequest('INVITE');
    bench.answer(invite, 180);
    await bench.journal.expect('provisional 180');
    transaction.cancel();
    bench.answer(await bench.peer.expectRequest('CANCEL'), 481);
    bench.answer(invite, 200);
    await bench.journal.expect('final 200');
    expect(bench.journal.entries).toEqual(['provisional 180', 'final 200']);
  });

  it('times out when no final response follows the CANCEL', async () => {
    const transaction = bench.request('INVITE');
    bench.answer(await bench.peer.expectRequest('INVITE'), 180);
    await bench.journal.expect('provisional 180');
    transaction.cancel();
    bench.answer(await bench.peer.expectRequest('CANCEL'), 200);
    await bench.journal.expect('timeout');
    expect(transaction.isPending).toBe(false);
  });

  it('changes nothing after a final response', async () => {
    const transaction = bench.request('INVITE');
    bench.answer(await bench.peer.expectRequest('INVITE'), 200);
    await bench.journal.expect('final 200');
    expect(transaction.cancel().method).toBe('CANCEL');
    bench.request('INFO');
    await bench.peer.expect('INFO');
    expect(bench.peer.titles).not.toContain('CANCEL');
  });

  it('happens by itself when timer C ends without a new provisional response', async () => {
    await bench.close();
    bench = await TransactionBench.open({ c: 100 });
    bench.request('INVITE');
    bench.answer(await bench.peer.expectRequest('INVITE'), 180);
    await expect(bench.peer.expect('CANCEL')).resolves.toBeDefined();
  });
});
