import { describe, expect, it } from '@jest/globals';
import { defaultContact, reachableContact } from '../../../sip-server/dialog/contact';
import { initialHeaders, laterHeaders, substituteLocalhost } from '../../../sip-server/dialog/localhost';
import { isBodyUntyped, parseClientMessage } from '../../../sip-server/drachtio/client-message';
import { SipHeaders } from '../../../sip-server/message/headers';
import type { Listener } from '../../../sip-server/transport/types';

const listener = (protocol: 'udp' | 'tcp'): Listener => ({
  protocol,
  address: '10.1.0.10',
  port: 5060,
  advertised: { host: '203.0.113.10', port: 5080 },
});

describe('SIP text of clients', () => {
  it('has its body behind the blank line, whatever Content-Length says', () => {
    const text = 'INFO sip:placeholder SIP/2.0\r\ncontent-type: text/plain\r\nContent-Length: 2\r\n\r\ngrün';
    expect(parseClientMessage(Buffer.from(text))?.body.toString()).toBe('grün');
  });

  it('may leave the type of SDP out, but of nothing else', () => {
    const read = (body: string): ReturnType<typeof parseClientMessage> =>
      parseClientMessage(Buffer.from(`INVITE sip:a@b SIP/2.0\r\n\r\n${body}`));
    expect(read('v=0\r\n')?.headers.get('Content-Type')).toBe('application/sdp');
    expect(isBodyUntyped(read('hello')!)).toBe(true);
    expect(isBodyUntyped(read('')!)).toBe(false);
  });

  it('may hold lines that are no headers', () => {
    const message = parseClientMessage(Buffer.from('SIP/2.0 200 OK\r\nno colon\r\nbad name: 1\r\nX-Good: 2\r\n\r\n'));
    expect(message).toMatchObject({ kind: 'response', status: 200, reason: 'OK' });
    expect([...message!.headers.entries()]).toEqual([['X-Good', '2']]);
  });

  it.each(['', 'hello', 'SIP/2.0 abc', 'SIP/2.0 999 No', 'INVITE sip:a@b', 'INVITE sip:a@b HTTP/1.1'])(
    'is refused when it starts with "%s"',
    (text) => {
      expect(parseClientMessage(Buffer.from(text))).toBeUndefined();
    }
  );
});

describe('localhost', () => {
  const headers = (): SipHeaders =>
    SipHeaders.from([
      ['From', 'sip:4000@localhost;tag=1'],
      ['To', '"Ann" <sip:5000@LOCALHOST;user=phone>'],
      ['Contact', '<sip:4000@localhost>'],
      ['P-Asserted-Identity', '<sip:4000@localhost>, <tel:+15550100>'],
      ['Refer-To', '<sip:c@localhost>'],
    ]);

  it('becomes the advertised address in new requests', () => {
    const changed = headers();
    substituteLocalhost(changed, initialHeaders, listener('tcp'));
    expect([...changed.entries()].map(([, value]) => value)).toEqual([
      '<sip:4000@203.0.113.10:5080>;tag=1',
      '"Ann" <sip:5000@203.0.113.10:5080;user=phone>',
      '<sip:4000@203.0.113.10:5080;transport=tcp>',
      '<sip:4000@203.0.113.10:5080>',
      '<tel:+15550100>',
      '<sip:c@localhost>',
    ]);
  });

  it('stays in From and To of later messages', () => {
    const changed = headers();
    substituteLocalhost(changed, laterHeaders, listener('udp'));
    expect(changed.get('From')).toBe('sip:4000@localhost;tag=1');
    expect(changed.get('Contact')).toBe('<sip:4000@203.0.113.10:5080>');
  });
});

describe('Contact', () => {
  it('leads to the listener by default', () => {
    expect(defaultContact(listener('udp'))).toBe('<sip:203.0.113.10:5080>');
    expect(defaultContact(listener('tcp'))).toBe('<sip:203.0.113.10:5080;transport=tcp>');
  });

  it.each([
    ['<sip:a@192.0.2.1:5060>', '<sip:a@203.0.113.10:5080>'],
    ['<sip:a@203.0.113.10>;+sip.x', '<sip:a@203.0.113.10>;+sip.x'],
    ['<sip:a@203.0.113.10:5099>;q=1', '<sip:a@203.0.113.10:5080>;q=1'],
    ['<sip:a@10.1.0.10:5060>', '<sip:a@10.1.0.10:5060>'],
    ['<sip:a@sip.example.com>', '<sip:a@sip.example.com>'],
    ['<sip:a@192.0.2.1;transport=tcp>', '<sip:a@203.0.113.10:5080>'],
  ])('%s becomes %s', (given, expected) => {
    expect(reachableContact(given, listener('udp'))).toBe(expected);
  });
});
