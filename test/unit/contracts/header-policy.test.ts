import { describe, it, expect } from '@jest/globals';
import { hasLineBreak, headerFaults, isOwnedHeader } from '../../../contracts/header-policy';

const headers = (count: number): { name: string; value: string }[] =>
  Array.from({ length: count }, (_, i) => ({ name: `X-${i}`, value: '1' }));

describe('header policy', () => {
  it('takes headers of ordinary names and values', () => {
    expect(headerFaults([{ name: 'X-Customer', value: 'Zoë "7"; ok' }])).toEqual([]);
  });

  it('takes 100 headers and refuses 101', () => {
    expect(headerFaults(headers(100))).toEqual([]);
    expect(headerFaults(headers(101))).toEqual([{ path: '', message: '101 headers, at most 100' }]);
  });

  it('takes 12,000 characters of names and values and refuses 12,001', () => {
    const filled = (length: number): { name: string; value: string }[] => [{ name: 'X-A', value: 'v'.repeat(length) }];
    expect(headerFaults(filled(11_997))).toEqual([]);
    expect(headerFaults(filled(11_998))).toEqual([
      { path: '', message: '12001 characters of names and values, at most 12000' },
    ]);
  });

  it.each(['\r', '\n', '\0', 'a\r\nVia: x'])('refuses a value with a line break: %j', (value) => {
    expect(headerFaults([{ name: 'X-A', value }])).toEqual([{ path: '[0].value', message: 'contains CR, LF or NUL' }]);
    expect(hasLineBreak(value)).toBe(true);
  });

  it.each(['\v', 'a\u0001b', '\u007f', '\u0085', '\u2028'])('refuses a value with a control character: %j', (value) => {
    expect(headerFaults([{ name: 'X-A', value }])).toEqual([
      { path: '[0].value', message: 'contains a control character' },
    ]);
  });

  it('takes a tab, which is white space of a header field', () => {
    expect(headerFaults([{ name: 'X-A', value: 'a\tb' }])).toEqual([]);
  });

  it.each(['', 'X A', 'X:A', 'X-Ä', 'X\r\nVia', '"X"', '%56ia', 'X%0d%0aVia', 'X%00'])(
    'refuses %j as a header name',
    (name) => {
      expect(headerFaults([{ name, value: '1' }])).toEqual([
        { path: '[0].name', message: 'is not a SIP header name (RFC 3261 token without %)' },
      ]);
    }
  );

  it.each([
    'Via',
    'v',
    'ROUTE',
    'From',
    't',
    'call-id',
    'CSeq',
    'Contact',
    'Content-Type',
    'l',
    'Authorization',
    'Content-Anything',
    'Proxy-Anything',
    'BODY',
  ])('keeps %s for the SIP stack', (name) => {
    expect(isOwnedHeader(name)).toBe(true);
    expect(
      headerFaults([
        { name: 'X-A', value: '1' },
        { name, value: '1' },
      ])
    ).toEqual([expect.objectContaining({ path: '[1].name' })]);
  });

  it.each(['Replaces', 'Refer-To', 'Referred-By', 'X-Effect-Id', 'X-Transfer-Token', 'X-Call-ID', 'X-Call-API'])(
    'keeps %s for the engine',
    (name) => {
      expect(isOwnedHeader(name)).toBe(true);
    }
  );

  it.each(['X-Customer', 'Subject', 'User-to-User', 'Reason'])('leaves %s to bots', (name) => {
    expect(isOwnedHeader(name)).toBe(false);
  });
});
