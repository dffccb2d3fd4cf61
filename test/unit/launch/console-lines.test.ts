import { describe, expect, it } from '@jest/globals';
import { formatLine, timelineLine } from '../../../launch/demo/timeline';
import type { TraceEntry } from '../../../launch/demo/trace';
import { warningIn } from '../../../launch/node-service';
import * as good from './good-call';

function linesOf(parts: Record<string, TraceEntry[]>): string[] {
  return good
    .evidenceOf(parts)
    .entries.map((entry) => timelineLine(entry, 0))
    .flatMap((line) => (line === undefined ? [] : [`${line.who} ${line.what}`]));
}

describe('the timeline of the demonstration', () => {
  it('tells the call as a story', () => {
    expect(linesOf(good.goodParts())).toEqual([
      'caller dials',
      'caller is connected',
      'bot is called',
      'bot answers',
      'bot hears that the conversation starts',
      'bot has asked to hand the caller over',
      'caller is asked to call somebody else',
      'caller agrees to the transfer',
      'caller reports on the transfer: 100',
      'busy is called',
      'busy refuses the call',
      'caller reports on the transfer: 486',
      'bot hears how the transfer went: failed, busy',
      'bot has asked to hand the caller over',
      'caller is asked to call somebody else',
      'caller agrees to the transfer',
      'caller reports on the transfer: 100',
      'agent is called',
      'caller reports on the transfer: 180',
      'agent answers',
      'caller reports on the transfer: 200',
      'caller hangs up',
      'bot hears how the transfer went: answered',
      'caller hangs up',
      'agent is disconnected',
      'bot is disconnected',
      'bot hears that the conversation is over: transferred',
    ]);
  });

  it('tells an INVITE within a call from one that begins a call', () => {
    const invite = (to: string): TraceEntry => {
      const headers = [{ name: 'To', value: to }];
      const message = { method: 'INVITE', requestUri: 'sip:caller@127.0.0.1', headers, body: '' };
      return { kind: 'sip', at: 0, peer: 'caller', direction: 'in', isRepeat: false, message };
    };
    const calls = [invite('<sip:caller@127.0.0.1>'), invite('<sip:caller@127.0.0.1>;tag=1')];
    expect(linesOf({ calls })).toEqual(['caller is called', 'caller is given other media']);
  });

  it('leaves out retransmissions', () => {
    const repeats = good.bye(10, 'bot', 'in', 'leg-b').map((entry) => ({ ...entry, isRepeat: true }) as TraceEntry);
    expect(linesOf({ repeats })).toEqual([]);
  });

  it('shows time, peer, words and SIP in a line', () => {
    const [entry] = good.bye(1234, 'bot', 'in', 'leg-b');
    expect(formatLine(timelineLine(entry!, 0)!)).toMatch(
      /^ +\+1234 ms {2}bot {5}is disconnected +< BYE sip:x SIP\/2\.0$/
    );
  });

  it('keeps its columns for the longest words', () => {
    const columnOf = (reasonCode: string): number => {
      const entry = good.botEvent(0, 'conversationEnd', { reasonCode });
      return formatLine(timelineLine(entry, 0)!).indexOf('event conversationEnd');
    };
    expect(columnOf('caller-cancelled')).toBe(columnOf(''));
  });
});

describe('warnings of a service on the console', () => {
  it('are log lines of level warn or worse', () => {
    expect(warningIn('{"level":40,"msg":"slow"}')).toBe('slow');
    expect(warningIn('{"level":50,"msg":"failed","err":{"message":"no route"}}')).toBe('failed: no route');
    expect(warningIn('{"level":40,"trunk":"sales","msg":"is down","reason":"408"}')).toBe('trunk sales: is down: 408');
  });

  it('name the call and the reason', () =>
    expect(warningIn('{"level":40,"callId":"abc","msg":"TransferRefused","reason":"denied"}')).toBe(
      'call abc: TransferRefused: denied'
    ));

  it('are not info lines, text or broken JSON', () => {
    for (const line of ['{"level":30,"msg":"ready"}', 'worker ready', '{"level":40,', ''])
      expect(warningIn(line)).toBeUndefined();
  });
});
