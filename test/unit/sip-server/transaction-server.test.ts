import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tagOf } from '../../../sip-server/message/name-addr';
import { responseTo } from '../../../sip-server/message/respond';
import { TransactionGone } from '../../../sip-server/transaction/types';
import { requestLines, sipText } from './sip-text';
import { respondTo, TransactionBench } from './transaction-bench';
import { WireStream } from './wire-peer';

let bench: TransactionBench;

beforeEach(async () => {
  bench = await TransactionBench.open();
});

afterEach(() => bench.close());

/** Ends the flow of messages by one whose answer shows that all before it were seen. */
async function settle(): Promise<void> {
  const before = bench.onRequest;
  bench.onRequest = (transaction) => {
    if (transaction.request.method === 'OPTIONS') respondTo(transaction, 299);
    else before(transaction);
  };
  bench.send('OPTIONS', [], `z9hG4bK${String(Math.random()).slice(2)}`);
  await bench.peer.expect('299');
  bench.onRequest = before;
}

function toTagOf(message: { headers: { get(name: string): string | undefined } }): string | undefined {
  return tagOf(message.headers.get('To') ?? '');
}

describe('INVITE server transaction', () => {
  it('sends 100 at once and repeats the last response to a retransmitted INVITE', async () => {
    bench.send('INVITE');
    await bench.peer.expect('100');
    bench.send('INVITE');
    await bench.peer.expect('100');
    respondTo(bench.served[0]!, 180);
    await bench.peer.expect('180');
    bench.send('INVITE');
    await bench.peer.expect('180');
    expect(bench.journal.entries).toEqual(['request INVITE']);
    expect(bench.served[0]).toMatchObject({ lastStatus: 180, isPending: true, localTag: 'ours' });
  });

  it('retransmits a refusal until its ACK comes, and keeps that ACK', async () => {
    bench.onRequest = (transaction) => respondTo(transaction, 486);
    bench.send('INVITE');
    for (let copy = 0; copy < 4; copy += 1) await bench.peer.expect('486');
    bench.send('ACK');
    await settle();
    const copies = bench.peer.titles.filter((title) => title === '486').length;
    bench.send('ACK');
    bench.send('INVITE');
    await settle();
    expect(bench.peer.titles.filter((title) => title === '486')).toHaveLength(copies);
    expect(bench.journal.entries.filter((entry) => !entry.endsWith('OPTIONS'))).toEqual(['request INVITE']);
  });

  it('is gone when no ACK comes for 64*T1', async () => {
    bench.onRequest = (transaction) => respondTo(transaction, 486);
    bench.send('INVITE');
    await bench.peer.expect('486');
    await bench.idle();
    bench.send('ACK');
    await expect(bench.journal.expect('ack 1 ACK')).resolves.toBeUndefined();
  });

  it('after a 2xx absorbs INVITEs and hands up the ACK', async () => {
    bench.onRequest = (transaction) => respondTo(transaction, 200);
    bench.send('INVITE');
    await bench.peer.expect('200');
    bench.send('INVITE');
    await bench.peer.expect('200');
    bench.send('ACK', [], 'z9hG4bKofTheAck');
    await bench.journal.expect('ack 1 ACK');
    expect(bench.served).toHaveLength(1);
    expect(bench.peer.titles).toEqual(['100', '200', '200']);
  });

  it('hands up the ACK of a 2xx that wrongly has the branch of its INVITE', async () => {
    bench.onRequest = (transaction) => respondTo(transaction, 200);
    bench.send('INVITE');
    await bench.peer.expect('200');
    bench.send('ACK');
    await expect(bench.journal.expect('ack 1 ACK')).resolves.toBeUndefined();
  });

  it('repeats a 2xx when its user says so, and refuses a second final response', async () => {
    bench.send('INVITE');
    await bench.journal.expect('request INVITE');
    const [transaction] = bench.served;
    const ok = respondTo(transaction!, 200);
    transaction!.putAgain(ok);
    await bench.peer.expect('200');
    await bench.peer.expect('200');
    expect(() => respondTo(transaction!, 486)).toThrow(TransactionGone);
    expect(() => respondTo(transaction!, 180)).toThrow(TransactionGone);
    expect(transaction!.isPending).toBe(false);
  });

  it('answers 500 when its user fails', async () => {
    bench.onRequest = () => {
      throw new Error('fault');
    };
    bench.send('INVITE');
    await expect(bench.peer.expect('500')).resolves.toBeDefined();
  });
});

describe('CANCEL', () => {
  it('ends an unanswered INVITE with 487, in the dialog of what was sent before', async () => {
    bench.onRequest = (transaction) => respondTo(transaction, 180, 'early');
    bench.send('INVITE');
    await bench.peer.expect('180');
    bench.send('CANCEL', ['Reason: SIP ;cause=200']);
    const ok = await bench.peer.expect('200');
    const terminated = await bench.peer.expect('487');
    expect([ok, terminated].map(toTagOf)).toEqual(['early', 'early']);
    expect(ok.headers.get('CSeq')).toBe('1 CANCEL');
    await bench.journal.expect(`cancel ${bench.served[0]!.id} CANCEL`);
    expect(bench.served[0]!.isPending).toBe(false);
    bench.send('ACK');
  });

  it('uses the tag that the user chose before its first response, else one of its own', async () => {
    bench.onRequest = (transaction) => (transaction.localTag = 'chosen');
    bench.send('INVITE');
    await bench.journal.expect('request INVITE');
    bench.send('CANCEL');
    expect(toTagOf(await bench.peer.expect('487'))).toBe('chosen');
    bench.onRequest = () => undefined;
    bench.send('INVITE', [], 'z9hG4bKother');
    bench.send('CANCEL', [], 'z9hG4bKother');
    const ok = await bench.peer.expect('200');
    const terminated = await bench.peer.expect('487');
    expect(toTagOf(ok)).toMatch(/^[0-9a-f]{16}$/);
    expect(toTagOf(terminated)).toBe(toTagOf(ok));
  });

  it('gets the same answer when it comes again, and tells the user once', async () => {
    bench.send('INVITE');
    bench.send('CANCEL');
    await bench.peer.expect('200');
    bench.send('CANCEL');
    await bench.peer.expect('200');
    expect(bench.journal.entries.filter((entry) => entry.startsWith('cancel'))).toHaveLength(1);
  });

  it('gets 481 when the INVITE was answered 2xx, or is not there', async () => {
    bench.onRequest = (transaction) => respondTo(transaction, 200);
    bench.send('CANCEL', [], 'z9hG4bKnone');
    await bench.peer.expect('481');
    bench.send('INVITE');
    await bench.peer.expect('200');
    bench.send('CANCEL');
    await bench.peer.expect('481');
    expect(bench.journal.entries).toEqual(['request INVITE']);
  });

  it('gets 200 and changes nothing when the INVITE was refused', async () => {
    bench.onRequest = (transaction) => respondTo(transaction, 486);
    bench.send('INVITE');
    await bench.peer.expect('486');
    bench.send('CANCEL');
    await bench.peer.expect('200');
    expect(bench.peer.titles).not.toContain('487');
    expect(bench.journal.entries).toEqual(['request INVITE']);
  });
});

describe('non-INVITE server transaction', () => {
  it('swallows retransmissions before its answer and repeats the answer after it', async () => {
    bench.send('INFO');
    bench.send('INFO');
    await settle();
    respondTo(bench.served[0]!, 200);
    await bench.peer.expect('200');
    bench.send('INFO');
    await bench.peer.expect('200');
    expect(bench.journal.entries.filter((entry) => entry === 'request INFO')).toHaveLength(1);
    expect(() => respondTo(bench.served[0]!, 200)).toThrow(TransactionGone);
  });

  it('is another one with another branch, sent-by, method, Call-ID, CSeq number or From tag', async () => {
    const lines = requestLines('INFO');
    const change = (from: string, to: string): string[] => lines.map((line) => line.replace(from, to));
    const variants = [
      lines,
      change('z9hG4bKabc', 'Z9HG4BKABC'),
      change('branch=z9hG4bKabc', 'branch=z9hG4bKabd'),
      change(':5099', ':5098'),
      change('call-1', 'Call-1'),
      change('CSeq: 1', 'CSeq: 2'),
      change('tag=a1', 'tag=a2'),
      change('tag=a1', 'tag=A1'),
      lines.map((line) => line.replaceAll('INFO', 'MESSAGE')),
    ];
    for (const variant of variants) bench.peer.send(sipText(variant), bench.udpPort);
    await settle();
    expect(bench.journal.entries.filter((entry) => !entry.endsWith('OPTIONS'))).toEqual([
      ...Array.from({ length: 6 }, () => 'request INFO'),
      'request MESSAGE',
    ]);
  });

  it('knows requests of RFC 2543 peers by Request-URI and Via', async () => {
    const lines = requestLines('INFO', [], '1');
    const otherUri = lines.map((line) => line.replace('INFO sip:bob', 'INFO sip:carol'));
    for (const variant of [lines, lines, otherUri]) bench.peer.send(sipText(variant), bench.udpPort);
    await settle();
    expect(bench.journal.entries.filter((entry) => entry === 'request INFO')).toHaveLength(2);
  });

  it('answers over the TCP connection of the request and leaves nothing behind', async () => {
    bench.onRequest = (transaction) => respondTo(transaction, 200);
    const stream = await WireStream.connect(bench.tcpPort);
    stream.socket.write(sipText(requestLines('INFO', ['Content-Length: 0'])));
    await stream.expect('SIP/2.0 200 OK');
    expect(bench.layer.size).toBe(0);
    stream.socket.destroy();
  });
});

describe('a request without a transaction', () => {
  it('can be answered from what was received', async () => {
    bench.onRequest = ({ received, request }) => bench.layer.respondStateless(received, responseTo(request, 403));
    bench.send('MESSAGE');
    await expect(bench.peer.expect('403')).resolves.toBeDefined();
  });
});
