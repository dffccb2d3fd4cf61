import { describe, expect, it } from '@jest/globals';
import { MalformedMessage } from '../../../sip-server/message/parse';
import { Trace } from '../../../sip-server/trace/trace';
import type { Flow } from '../../../sip-server/transport/types';
import { parseRequest, parseResponse, requestLines, sipText } from './sip-text';

const flow = { protocol: 'udp', remote: { address: '::1', port: 5070 } } as Flow;

function trace(isFull: boolean, message: ReturnType<typeof parseRequest> | ReturnType<typeof parseResponse>): string {
  const lines: string[] = [];
  const printing = new Trace(isFull, (text) => lines.push(text));
  printing.onReceived({ message, bytes: 1, flow, time: '10:00:00.000001' });
  return lines.join('\n');
}

describe('the trace', () => {
  it('has a line a message with direction, peer, title, CSeq and the start of the Call-ID', () => {
    const request = parseRequest(sipText(requestLines('INVITE')));
    const callId = request.headers.get('Call-ID')!.slice(0, 12);
    expect(trace(false, request)).toBe(
      `10:00:00.000001 <- udp [::1]:5070 INVITE ${request.uri} | ${request.headers.get('CSeq')!} | ${callId}`
    );
    const response = parseResponse(sipText(['SIP/2.0 486 Busy Here', ...requestLines('INVITE').slice(1)]));
    expect(trace(false, response)).toContain('<- udp [::1]:5070 486 Busy Here |');
  });

  it.each([false, true])('never shows secrets (full: %s)', (isFull) => {
    const lines = requestLines('INVITE', [
      'Authorization: Digest username="ann", response="s3cret-1"',
      'proxy-authorization: Digest response="s3cret-2"',
      'WWW-Authenticate: Digest nonce="s3cret-3"',
      'm: <sip:ann:s3cret-4@h>',
    ]);
    lines[0] = 'INVITE sip:bob:s3cret-5@h SIP/2.0';
    const shown = trace(isFull, parseRequest(sipText(lines, 'a=crypto:1 AES_CM inline:s3cret-6|2^20\r\n')));
    expect(shown).not.toContain('s3cret');
    expect(shown).toContain('sip:bob:(hidden)@h');
    expect(shown.includes('Authorization: (hidden)')).toBe(isFull);
  });

  it('lets no peer steer the terminal', () => {
    const lines = requestLines('INVITE', ['Subject: \u001b[2J\u202e']);
    expect(trace(true, parseRequest(sipText(lines, 'a\u001b]0;x\u0007')))).not.toMatch(/[\u001b\u0007\u202e]/);
  });

  it('tells of what did not parse', () => {
    const printed: string[] = [];
    new Trace(false, (text) => printed.push(text)).onMalformed(new MalformedMessage('From malformed', 400), flow);
    expect(printed[0]).toMatch(/<- udp \[::1\]:5070 malformed: From malformed$/);
  });
});
