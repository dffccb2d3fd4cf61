import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { dialogTag, respondTo, TransactionBench } from './transaction-bench';
import { requestLines, sipText } from './sip-text';

let bench: TransactionBench;

beforeEach(async () => {
  bench = await TransactionBench.open({ t1: 500 }, 1);
});

afterEach(() => bench.close());

function sendWithTag(tag: string, method: string, branch: string): void {
  const lines = requestLines(method, [], branch).map((line) => (line.startsWith('To:') ? `${line};tag=${tag}` : line));
  bench.peer.send(sipText(lines), bench.udpPort);
}

it('beyond the limit new requests are dropped, and those of dialogs and CANCELs served', async () => {
  bench.onRequest = (transaction) => {
    if (transaction.request.method === 'INFO') respondTo(transaction, 200);
  };
  bench.send('INVITE', [], 'z9hG4bK1');
  await bench.peer.expect('100');
  bench.send('INVITE', [], 'z9hG4bK2');
  bench.send('OPTIONS', [], 'z9hG4bK3');
  bench.send('CANCEL', [], 'z9hG4bK4');
  sendWithTag('unknown', 'INFO', 'z9hG4bK6');
  sendWithTag(dialogTag, 'INFO', 'z9hG4bK5');
  await bench.peer.expect('200');
  bench.send('CANCEL', [], 'z9hG4bK1');
  await bench.peer.expect('487');
  expect(bench.journal.entries.slice(0, 2)).toEqual(['request INVITE', 'request INFO']);
  expect(bench.peer.titles.filter((title) => title === '481')).toEqual([]);
});
