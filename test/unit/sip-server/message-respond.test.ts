import { describe, expect, it } from '@jest/globals';
import { tagOf } from '../../../sip-server/message/name-addr';
import { responseTo } from '../../../sip-server/message/respond';
import { serialize } from '../../../sip-server/message/serialize';
import { parseRequest, requestLines, sipText } from './sip-text';

const invite = parseRequest(
  sipText(
    requestLines('INVITE', [
      'Via: SIP/2.0/TCP second:5061;branch=z9hG4bK2, SIP/2.0/UDP third;branch=z9hG4bK3',
      'Record-Route: <sip:p2;lr>',
      'Record-Route: <sip:p1;lr>',
      'Timestamp: 54',
    ])
  )
);

describe('responseTo', () => {
  it('copies every Via on a line of its own, From, Call-ID and CSeq', () => {
    const { headers, reason } = responseTo(invite, 486);
    expect(reason).toBe('Busy Here');
    expect(headers.all('Via')).toHaveLength(3);
    for (const name of ['From', 'Call-ID', 'CSeq']) expect(headers.get(name)).toBe(invite.headers.get(name));
  });

  it('tags To above 100 only and keeps a tag that stands', () => {
    expect(tagOf(responseTo(invite, 100).headers.get('To')!)).toBeUndefined();
    expect(tagOf(responseTo(invite, 180, undefined, { toTag: 'mine' }).headers.get('To')!)).toBe('mine');
    expect(tagOf(responseTo(invite, 404).headers.get('To')!)).toMatch(/^[0-9a-f]{16}$/);
    const inDialog = { ...invite, headers: invite.headers.clone() };
    inDialog.headers.set('To', '<sip:bob@127.0.0.1>;tag=old');
    expect(tagOf(responseTo(inDialog, 200, 'OK', { toTag: 'new' }).headers.get('To')!)).toBe('old');
  });

  it('copies Record-Route to 101 to 299 and Timestamp to 100', () => {
    expect(responseTo(invite, 180).headers.all('Record-Route')).toEqual(['<sip:p2;lr>', '<sip:p1;lr>']);
    expect(responseTo(invite, 200).headers.all('Record-Route')).toHaveLength(2);
    expect(responseTo(invite, 300).headers.has('Record-Route')).toBe(false);
    expect(responseTo(invite, 100).headers.has('Record-Route')).toBe(false);
    expect(responseTo(invite, 100).headers.get('Timestamp')).toBe('54');
  });

  it('adds headers and body but nothing that the request determines', () => {
    const body = Buffer.from('żółw');
    const extra: [string, string][] = [
      ['contact', '<sip:me@h>'],
      ['v', 'SIP/2.0/UDP evil'],
      ['From', 'evil'],
      ['Content-Length', '3'],
    ];
    const response = responseTo(invite, 200, 'Fine', { headers: extra, body });
    const text = serialize(response).toString();
    expect(text.startsWith('SIP/2.0 200 Fine\r\n')).toBe(true);
    expect(text).not.toContain('evil');
    expect(text).toContain('Contact: <sip:me@h>\r\n');
    expect(text.match(/Content-Length/g)).toHaveLength(1);
    expect(text.endsWith('Content-Length: 7\r\n\r\nżółw')).toBe(true);
  });
});
