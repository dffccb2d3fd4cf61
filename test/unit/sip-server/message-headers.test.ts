import { describe, expect, it } from '@jest/globals';
import { SipHeaders } from '../../../sip-server/message/headers';

describe('SipHeaders', () => {
  it('finds a field by any case and by its compact form', () => {
    const headers = SipHeaders.from([
      ['CALL-id', 'one'],
      ['m', '<sip:a@b>'],
    ]);
    expect(headers.get('i')).toBe('one');
    expect(headers.get('call-ID')).toBe('one');
    expect(headers.get('Contact')).toBe('<sip:a@b>');
  });

  it.each([
    ['a', 'Accept-Contact'],
    ['b', 'Referred-By'],
    ['c', 'Content-Type'],
    ['d', 'Request-Disposition'],
    ['e', 'Content-Encoding'],
    ['f', 'From'],
    ['i', 'Call-ID'],
    ['j', 'Reject-Contact'],
    ['k', 'Supported'],
    ['l', 'Content-Length'],
    ['m', 'Contact'],
    ['n', 'Identity-Info'],
    ['o', 'Event'],
    ['r', 'Refer-To'],
    ['s', 'Subject'],
    ['t', 'To'],
    ['u', 'Allow-Events'],
    ['v', 'Via'],
    ['x', 'Session-Expires'],
    ['y', 'Identity'],
    ['www-authenticate', 'WWW-Authenticate'],
    ['mime-version', 'MIME-Version'],
    ['rseq', 'RSeq'],
    ['RACK', 'RAck'],
    ['min-se', 'Min-SE'],
    ['cseq', 'CSeq'],
    ['history-info', 'History-Info'],
    ['some-new-header', 'Some-New-Header'],
    ['Some-nEW-Header', 'Some-nEW-Header'],
    ['x-call-id', 'x-call-id'],
    ['X-CALL-id', 'X-CALL-id'],
  ])('spells %s as %s', (given, spelled) => {
    expect([...SipHeaders.from([[given, 'v']]).entries()]).toEqual([[spelled, 'v']]);
  });

  it('splits lists at commas outside of quotes and brackets only', () => {
    const headers = SipHeaders.from([
      ['Contact', '"Doe, \\"John\\"" <sip:j@h;x=1,2>;q=1, <sip:k@h>'],
      ['Contact', '<sip:l@h>'],
    ]);
    expect(headers.values('Contact')).toEqual(['"Doe, \\"John\\"" <sip:j@h;x=1,2>;q=1', '<sip:k@h>', '<sip:l@h>']);
    expect(headers.all('Contact')).toHaveLength(2);
  });

  it('keeps the place of a field that is set and removes its repetitions', () => {
    const headers = SipHeaders.from([
      ['From', 'f'],
      ['Via', '1'],
      ['To', 't'],
      ['Via', '2'],
    ]);
    headers.setAll('v', ['x', 'y']);
    expect([...headers.entries()].map(([name, value]) => `${name}=${value}`)).toEqual([
      'From=f',
      'Via=x',
      'Via=y',
      'To=t',
    ]);
    headers.set('Route', 'r');
    headers.prepend('Via', '0');
    headers.delete('to');
    expect([...headers.entries()].map(([, value]) => value)).toEqual(['0', 'f', 'x', 'y', 'r']);
  });

  it('lets no value start a header of its own', () => {
    const headers = SipHeaders.from([
      ['Reason', 'SIP\r\nRoute: <sip:evil>'],
      ['Bad Name', 'x'],
      ['', 'y'],
    ]);
    expect([...headers.entries()]).toEqual([['Reason', 'SIP Route: <sip:evil>']]);
  });

  it('is independent of its clone', () => {
    const headers = SipHeaders.from([['To', 't']]);
    const copy = headers.clone();
    copy.set('To', 'u');
    copy.append('From', 'f');
    expect([...headers.entries()]).toEqual([['To', 't']]);
  });
});
