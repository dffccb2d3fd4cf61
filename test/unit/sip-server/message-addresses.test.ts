import { describe, expect, it } from '@jest/globals';
import { parseCSeq } from '../../../sip-server/message/cseq';
import { formatNameAddr, isNameAddr, parseNameAddr, tagOf, withTag } from '../../../sip-server/message/name-addr';
import { formatUri, parseUri } from '../../../sip-server/message/uri';
import { formatVia, parseVia } from '../../../sip-server/message/via';

describe('parseUri', () => {
  it('takes a SIP URI apart', () => {
    const uri = parseUri('SIPS:alice;day=tuesday:secret@[2001:db8::9:1]:5061;transport=TCP;LR?subject=a%20b&X-Y=');
    expect(uri).toMatchObject({
      scheme: 'sips',
      user: 'alice;day=tuesday',
      password: 'secret',
      host: '[2001:db8::9:1]',
      port: 5061,
    });
    expect([...uri.params]).toEqual([
      ['transport', 'TCP'],
      ['lr', undefined],
    ]);
    expect(uri.headers).toEqual([
      ['subject', 'a%20b'],
      ['X-Y', ''],
    ]);
  });

  it.each([
    'sip:bob@127.0.0.1',
    'sip:127.0.0.1:5080',
    'sip:+1-212-555-0100:1234@gw.example.com;user=phone',
    'sip:a%40b@h_1.example;x=1;y',
    'sip:bob@h:5060;transport=udp?Replaces=1%3Bto-tag%3D2&X-A=b',
    'tel:+7495;phone-context=example.com',
    'tel:911',
    'urn:service:sos',
  ])('writes %s as it read it', (text) => {
    expect(formatUri(parseUri(text))).toBe(text);
  });

  it.each([
    'nobodyKnowsThisScheme:totallyopaquecontent',
    'sip:bob@',
    'sip:bob@h:99999',
    'sip:a b@h h',
    '',
    ':::',
    'sip:[::1',
  ])('keeps %j opaque instead of throwing', (text) => {
    expect(parseUri(text)).toMatchObject({ host: '' });
    expect(parseUri(text).opaque).toBeDefined();
  });
});

describe('parseNameAddr', () => {
  it('keeps parameters inside the brackets with the URI', () => {
    const address = parseNameAddr('Bob  Builder <sip:bob@h;transport=tcp?X=y>;tag=9;q="a;b"');
    expect(address).toMatchObject({ displayName: 'Bob  Builder', uri: 'sip:bob@h;transport=tcp?X=y' });
    expect([...address.params]).toEqual([
      ['tag', '9'],
      ['q', '"a;b"'],
    ]);
  });

  it('gives parameters behind a bare URI to the header', () => {
    expect(parseNameAddr('sip:bob@h;tag=9')).toMatchObject({ uri: 'sip:bob@h', params: new Map([['tag', '9']]) });
  });

  it('reads a quoted name that holds brackets and escapes, and writes it back', () => {
    const text = '"A \\"<x>\\" \\\\ B" <sip:a@h>;tag=1';
    const address = parseNameAddr(text);
    expect(address.displayName).toBe('A "<x>" \\ B');
    expect(formatNameAddr(address)).toBe(text);
  });

  it.each(['"open <sip:a@h>', '<sip:a@h', '<>', '', 'a b', '<sip:a@h> x', '"a" sip:a@h', '"a" b <sip:c@d>'])(
    'sees that %j is no address and does not throw',
    (text) => {
      expect(isNameAddr(text)).toBe(false);
      expect(parseNameAddr(text).uri).toBe(text.trim());
    }
  );
});

describe('tags', () => {
  it('finds the tag of the header and none inside the URI', () => {
    expect(tagOf('<sip:a@h;tag=no>;x=1;TAG=Yes')).toBe('Yes');
    expect(tagOf('<sip:a@h;tag=no>')).toBeUndefined();
    expect(tagOf('"x;tag=no" <sip:a@h>')).toBeUndefined();
  });

  it.each([
    ['<sip:a@h>', '<sip:a@h>;tag=n'],
    ['sip:a@h', 'sip:a@h;tag=n'],
    ['"x>;tag=o" <sip:a@h;y=1>;tag=o;z', '"x>;tag=o" <sip:a@h;y=1>;tag=n;z'],
    ['sip:a@h;tag=o', 'sip:a@h;tag=n'],
  ])('puts a tag on %s', (value, tagged) => {
    expect(withTag(value, 'n')).toBe(tagged);
    expect(tagOf(withTag(value, 'n'))).toBe('n');
  });
});

describe('Via and CSeq', () => {
  it('reads sent-by, branch, received and rport', () => {
    const text = 'SIP/2.0/TCP [2001:db8::1]:5062;branch=z9hG4bKx;received=10.0.0.1;rport=4000;extra';
    const via = parseVia(text);
    expect(via).toMatchObject({
      protocol: 'TCP',
      host: '[2001:db8::1]',
      port: 5062,
      branch: 'z9hG4bKx',
      received: '10.0.0.1',
      rport: 4000,
    });
    expect(formatVia(via!)).toBe(text);
  });

  it('tells an rport without a value from none', () => {
    const via = parseVia('SIP/2.0/UDP h;rport;branch=b');
    expect(via?.rport).toBeUndefined();
    expect(via?.params.has('rport')).toBe(true);
  });

  it.each(['', 'SIP/2.0/UDP', 'SIP/2.0/UDP  ;branch=b', 'SIP/3.0/UDP h', 'SIP/2.0/UDP h:0', 'SIP/2.0/UDP a b'])(
    'refuses %j as Via',
    (text) => {
      expect(parseVia(text)).toBeUndefined();
    }
  );

  it.each([
    ['1 INVITE', { number: 1, method: 'INVITE' }],
    ['  0009   INFO ', { number: 9, method: 'INFO' }],
    ['2147483647 BYE', { number: 2147483647, method: 'BYE' }],
    ['2147483648 BYE', undefined],
    ['-1 BYE', undefined],
    ['1', undefined],
    ['1 B Y E', undefined],
  ])('reads CSeq %j', (text, expected) => {
    expect(parseCSeq(text)).toEqual(expected);
  });
});
