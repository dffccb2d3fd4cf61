import { describe, expect, it } from '@jest/globals';
import type { TracedMessage, TraceEntry } from '../../../launch/demo/trace';
import { visitorLine } from '../../../launch/demo/visitor';

function inviteAtBot({ from = '<sip:me@127.0.0.1>;tag=1', to = '<sip:bot@127.0.0.1:5070>' } = {}): TracedMessage {
  const headers = [
    { name: 'From', value: from },
    { name: 'To', value: to },
    { name: 'X-Call-ID', value: 'abc' },
  ];
  const message = { method: 'INVITE', requestUri: 'sip:bot@127.0.0.1:5070', headers, body: '' };
  return { at: 0, peer: 'bot', direction: 'in', isRepeat: false, message };
}

function lineOf(entry: TracedMessage): string | undefined {
  return visitorLine({ kind: 'sip', ...entry }, (callId) => `http://ui/call-${callId}`);
}

describe('the line about a call that somebody else places', () => {
  it('names call and caller and where to look', () =>
    expect(lineOf(inviteAtBot())).toBe('call abc from sip:me@127.0.0.1: http://ui/call-abc'));

  it('is not said of the demonstration call', () =>
    expect(lineOf(inviteAtBot({ from: '<sip:caller@127.0.0.1>;tag=1' }))).toBeUndefined());

  it('is said once: not of a retransmission or an INVITE within the dialog', () => {
    expect(lineOf({ ...inviteAtBot(), isRepeat: true })).toBeUndefined();
    expect(lineOf(inviteAtBot({ to: '<sip:bot@127.0.0.1:5070>;tag=2' }))).toBeUndefined();
  });

  it('is not said of what other peers get or of events', () => {
    expect(lineOf({ ...inviteAtBot(), peer: 'agent' })).toBeUndefined();
    const event: TraceEntry = { kind: 'event', at: 0, conversation: 'abc', event: { id: '1', name: 'start' } };
    expect(visitorLine(event, () => '')).toBeUndefined();
  });

  it('passes no control characters on to the terminal', () => {
    const line = lineOf(inviteAtBot({ from: '<sip:me\u001b[2J\u0007@127.0.0.1>;tag=1' }));
    expect(line).toBe('call abc from sip:me[2J@127.0.0.1: http://ui/call-abc');
  });
});
