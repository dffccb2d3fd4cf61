import { describe, expect, it } from '@jest/globals';
import { MalformedMessage, parseMessage } from '../../../sip-server/message/parse';
import { parseNameAddr, tagOf } from '../../../sip-server/message/name-addr';
import { topVia } from '../../../sip-server/message/via';
import { parseRequest, parseResponse, requestLines, sipText } from './sip-text';

function refusal(bytes: Buffer, framing: 'datagram' | 'stream' = 'datagram'): MalformedMessage {
  try {
    parseMessage(bytes, framing);
  } catch (error) {
    if (error instanceof MalformedMessage) return error;
    throw error;
  }
  throw new Error('parsed');
}

/** The request lines with one header line replaced. */
function withLine(name: string, line: string | undefined, method = 'INVITE'): string[] {
  return requestLines(method).flatMap((old) =>
    old.startsWith(`${name}:`) ? (line === undefined ? [] : [line]) : [old]
  );
}

describe('parseMessage', () => {
  it('reads a request with its body as bytes', () => {
    const body = 'v=0\r\ns=Grüße\r\n';
    const length = `Content-Length: ${Buffer.byteLength(body)}`;
    const request = parseRequest(sipText(requestLines('INVITE', [length]), body));
    expect(request).toMatchObject({ method: 'INVITE', uri: 'sip:bob@127.0.0.1' });
    expect(request.body.toString()).toBe(body);
  });

  it('reads a response with and without a reason phrase', () => {
    const fields = requestLines('INVITE').slice(1);
    expect(parseResponse(sipText(['SIP/2.0 486 Busy Here', ...fields]))).toMatchObject({
      status: 486,
      reason: 'Busy Here',
    });
    expect(parseResponse(sipText(['SIP/2.0 180', ...fields]))).toMatchObject({ status: 180, reason: '' });
    expect(parseResponse(sipText(['SIP/2.0 200 ', ...fields]))).toMatchObject({ status: 200, reason: '' });
  });

  it('takes odd white space, folding, compact names and lower-case names (RFC 4475 3.1.1.1)', () => {
    const request = parseRequest(
      sipText([
        'INVITE   sip:vivek@example.com;unknownparam   SIP/2.0 ',
        'TO :',
        '  sip:vivek@example.com ;   tag    = 1918',
        'f  : "J Rosenberg \\\\\\"" <sip:jdr@example.com>',
        '  ;',
        '  tag = 98asj',
        'MaX-fOrWaRdS: 0068',
        'i: wsinv.1@192.0.2.1',
        'cseq: 0009',
        '  INVITE',
        'v  : SIP  /   2.0',
        ' /UDP',
        '    192.0.2.2 : 5070;branch=390skdjuw, SIP/2.0/TCP spindle.example.com ;',
        '  branch  =   z9hG4bK9ikj8',
        'Subject :',
        'NewFangledHeader:   newfangled value',
        ' continued',
        'm:"Quoted string \\"\\"" <sip:jdr@example.com>',
      ])
    );
    expect(tagOf(request.headers.get('To')!)).toBe('1918');
    expect(tagOf(request.headers.get('From')!)).toBe('98asj');
    expect(parseNameAddr(request.headers.get('From')!).displayName).toBe('J Rosenberg \\"');
    expect(topVia(request.headers)).toMatchObject({
      protocol: 'UDP',
      host: '192.0.2.2',
      port: 5070,
      branch: '390skdjuw',
    });
    expect(request.headers.values('Via')).toHaveLength(2);
    expect(request.headers.get('Subject')).toBe('');
    expect(request.headers.get('newfangledheader')).toBe('newfangled value continued');
    expect(request.uri).toBe('sip:vivek@example.com;unknownparam');
  });

  it('takes LF line ends, leading line breaks and a datagram that ends behind its headers', () => {
    expect(parseRequest(Buffer.from(`\r\n\r\n${requestLines('OPTIONS').join('\n')}\n\nbody`)).body.toString()).toBe(
      'body'
    );
    expect(parseRequest(Buffer.from(requestLines('OPTIONS').join('\r\n'))).method).toBe('OPTIONS');
  });

  it('cuts a datagram by Content-Length and keeps all of it without one', () => {
    expect(parseRequest(sipText(requestLines('INFO', ['l: 3']), 'abcdef')).body.toString()).toBe('abc');
    expect(parseRequest(sipText(requestLines('INFO'), 'abcdef')).body.toString()).toBe('abcdef');
  });

  it('keeps names in UTF-8 and all tokens that a method may have (RFC 4475 3.1.1.2)', () => {
    const method = "!interesting-Method0123456789_*+`.%indeed'~";
    const lines = withLine('From', 'From: "Йцук ☎" <sip:a@h>;tag=1', method);
    const request = parseRequest(sipText(lines));
    expect(request.method).toBe(method);
    expect(parseNameAddr(request.headers.get('From')!).displayName).toBe('Йцук ☎');
  });

  it('ignores a broken line in a response', () => {
    const response = parseResponse(
      sipText(['SIP/2.0 200 OK', ...requestLines('BYE').slice(1), 'no colon here', 'a b: c'])
    );
    expect([...response.headers.entries()]).toHaveLength(6);
  });

  it.each([
    ['a line without a colon', requestLines('INVITE', ['nonsense'])],
    ['a name that is no token', requestLines('INVITE', ['Bad Name: x'])],
    ['no From', withLine('From', undefined)],
    ['no To', withLine('To', undefined)],
    ['no Call-ID', withLine('Call-ID', undefined)],
    ['an empty Call-ID', withLine('Call-ID', 'Call-ID:')],
    ['two From (RFC 4475 3.3.8)', requestLines('INVITE', ['From: <sip:c@d>;tag=2'])],
    ['a CSeq of another method', withLine('CSeq', 'CSeq: 1 BYE')],
    ['a CSeq of 2^31', withLine('CSeq', 'CSeq: 2147483648 INVITE')],
    ['a CSeq without a number', withLine('CSeq', 'CSeq: x INVITE')],
    ['a malformed Via', withLine('Via', 'Via: SIP/2.0/UDP ;branch=z9hG4bK1')],
    ['an open quote in To (RFC 4475 3.1.2.6)', withLine('To', 'To: "Mr. J. User <sip:j.user@example.com>')],
    ['an open bracket in From', withLine('From', 'From: <sip:j.user@example.com;tag=1')],
    ['Max-Forwards above 255 (RFC 4475 3.1.2.4)', withLine('Max-Forwards', 'Max-Forwards: 300')],
    ['a negative Content-Length (RFC 4475 3.1.2.3)', requestLines('INVITE', ['Content-Length: -999'])],
    ['a Content-Length beyond the datagram (RFC 4475 3.1.2.2)', requestLines('INVITE', ['Content-Length: 9999'])],
    ['two different Content-Length', requestLines('INVITE', ['Content-Length: 0', 'l: 1'])],
    ['a Request-URI in brackets', ['INVITE <sip:bob@h> SIP/2.0', ...requestLines('INVITE').slice(1)]],
    ['a Request-URI with a space', ['INVITE sip:bob@h; lr SIP/2.0', ...requestLines('INVITE').slice(1)]],
    ['a Request-URI without a scheme', ['INVITE bob SIP/2.0', ...requestLines('INVITE').slice(1)]],
  ])('refuses a request with %s by 400 and leaves what an answer needs', (_fault, lines) => {
    const malformed = refusal(sipText(lines));
    expect(malformed.status).toBe(400);
    expect(malformed.partial?.method).toBe('INVITE');
  });

  it('refuses another version by 505', () => {
    const malformed = refusal(sipText(['OPTIONS sip:t@h SIP/7.0', ...requestLines('OPTIONS').slice(1)]));
    expect(malformed).toMatchObject({ status: 505, partial: { method: 'OPTIONS' } });
  });

  it.each([
    ['an ACK', sipText(withLine('From', undefined, 'ACK'))],
    ['a response', sipText(['SIP/2.0 200 OK', 'Via: SIP/2.0/UDP h'])],
    ['a status out of range', sipText(['SIP/2.0 4294967301 better not', ...requestLines('INVITE').slice(1)])],
    ['a request without Via', sipText(withLine('Via', undefined))],
    ['a request without CSeq', sipText(withLine('CSeq', undefined))],
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['nothing', Buffer.alloc(0)],
    ['NUL bytes', Buffer.alloc(100)],
    ['line breaks', Buffer.from('\r\n\r\n\r\n')],
  ])('leaves nothing to answer %s that is malformed', (_what, bytes) => {
    expect(refusal(bytes).partial).toBeUndefined();
  });

  it('demands on a stream the end of the headers and a Content-Length', () => {
    expect(refusal(sipText(requestLines('OPTIONS')), 'stream').message).toBe('Content-Length missing');
    expect(refusal(Buffer.from(requestLines('OPTIONS').join('\r\n')), 'stream').message).toBe('headers without an end');
  });
});
