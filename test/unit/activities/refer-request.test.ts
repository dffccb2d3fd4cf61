import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { referTo, targetHeaders } from '../../../activities/sip/refer-headers';
import { readReferredBy, readReferTo } from '../../../activities/sip/refer-request';
import { parseCause } from '../../../activities/sip/sipfrag';

describe('Refer-To', () => {
  it.each([
    ['<sip:a@h>', 'sip:a@h'],
    ['sip:a@h', 'sip:a@h'],
    [' "A, B" <sip:a@h;transport=tcp> ;x=1', 'sip:a@h;transport=tcp'],
    ['Name <tel:+49>', 'tel:+49'],
    ['<sip:a@h;method=INVITE>', 'sip:a@h'],
  ])('%s is %s', (header, target) => {
    expect(readReferTo(header)).toEqual({ target, headers: [] });
  });

  it.each([undefined, '', '<sip:a@h>, <sip:b@h>', '<sip:a b@h>', '<sip:a@h', '<sip:a@h?A=%f>', '<sip:a@h?A=b?c>'])(
    '%s is refused',
    (header) => {
      expect(readReferTo(header)).toHaveProperty('fault');
    }
  );

  it('reads back what it is written with', () => {
    const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,10}$/);
    const headers = fc.array(fc.record({ name: token, value: fc.string() }), { maxLength: 5 });
    fc.assert(
      fc.property(headers, (list) => {
        expect(readReferTo(referTo('sip:a@h', list))).toEqual({ target: 'sip:a@h', headers: list });
      })
    );
  });
});

describe('a REFER to a number', () => {
  const input = {
    target: 'tel:+4930123;ext=5',
    headers: [{ name: 'X-A', value: '1 2' }],
    referredBy: 'sip:1000@h',
    token: 'T',
  };

  it('leads to our own address', () => {
    expect(targetHeaders(input, '10.0.0.1:5060')).toEqual({
      'Refer-To': '<sip:+4930123@10.0.0.1:5060?X-A=1%202&X-Transfer-Token=T>',
      'Referred-By': '<sip:1000@h;transfer-token=T>',
    });
  });

  it('keeps the number where the trunk preserves it', () => {
    expect(targetHeaders({ ...input, preservesTel: true }, '10.0.0.1:5060')).toEqual({
      'Refer-To': '<tel:+4930123;ext=5>',
      'Referred-By': '<sip:1000@h;transfer-token=T>',
    });
  });

  it('puts no parameter behind the header fields of a URI', () => {
    const referredBy = 'sip:1000@h?X=1';
    expect(targetHeaders({ ...input, referredBy }, 'us')['Referred-By']).toBe('<sip:1000@h?X=1>');
  });
});

it('Referred-By gives its URI', () => {
  expect(readReferredBy('"Bot" <sip:bot@example.com>;cid="1@x"')).toBe('sip:bot@example.com');
  expect(readReferredBy(undefined)).toBeUndefined();
});

it.each([
  ['SIP/2.0 480 x\r\nReason: Q.850;cause=17;text="busy"\r\n', 17],
  ['SIP/2.0 480 x\nreason : SIP;cause=480, q.850 ; cause = 21\n', 21],
  ['SIP/2.0 480 x\r\nReason: SIP;cause=480\r\n', undefined],
  ['SIP/2.0 480 Reason: Q.850;cause=17\r\n', undefined],
])('the Q.850 cause of %j is %s', (body, cause) => {
  expect(parseCause(body)).toBe(cause);
});
