import { describe, it, expect } from '@jest/globals';
import { readTarget } from '../../../contracts/transfer-target';

const anywhere = { host: 'trunk.example.com:5080', allowTargets: [''] };

describe('readTarget', () => {
  it.each([
    'sip:agent@pbx.example.com',
    'sips:agent@pbx.example.com',
    'SIP:agent@10.0.0.1:5060',
    'sip:10.0.0.1',
    'sip:agent@[2001:db8::1]:5060;transport=tcp',
    'sip:+4930;phone-context=de@pbx.example.com;user=phone',
  ])('takes %s as it is', (target) => {
    expect(readTarget(target, anywhere)).toEqual({ target });
  });

  it.each([
    ['tel:+49-30-123', 'sip:+4930123@trunk.example.com:5080'],
    ['TEL:+4930123;ext=5', 'sip:+4930123@trunk.example.com:5080'],
    ['+49 (30) 123.45', 'sip:+493012345@trunk.example.com:5080'],
    ['  1000 ', 'sip:1000@trunk.example.com:5080'],
    ['*21#', 'sip:*21%23@trunk.example.com:5080'],
  ])('sends %s to the trunk as %s', (text, target) => {
    expect(readTarget(text, anywhere)).toEqual({ target });
  });

  it.each([
    ['', 'is empty'],
    ['sip:a@b\r\nVia: x', 'contains CR, LF or NUL'],
    ['sip:a@b?X-Customer=1', 'has URI headers; use transferSipHeaders'],
    ['sip:', 'is not a SIP URI (RFC 3261 section 19.1)'],
    ['sip:a b@c', 'is not a SIP URI (RFC 3261 section 19.1)'],
    ['sip:a@b>', 'is not a SIP URI (RFC 3261 section 19.1)'],
    ['sip:a@b:99999', 'is not a SIP URI (RFC 3261 section 19.1)'],
    ['sip:zoë@b', 'is not a SIP URI (RFC 3261 section 19.1)'],
    ['sip:a@evil.example;x=@trunk.example.com', 'is not a SIP URI (RFC 3261 section 19.1)'],
    ['sip:a\u0001@b', 'is not a SIP URI (RFC 3261 section 19.1)'],
    ['tel:7042;phone-context=example.com', 'is a local number; give it in E.164 form'],
    ['reception', 'is neither a sip: or sips: URI nor a tel: URI nor a number'],
    ['http://example.com', 'is neither a sip: or sips: URI nor a tel: URI nor a number'],
  ])('refuses %j: %s', (text, fault) => {
    expect(readTarget(text, anywhere)).toEqual({ fault });
  });

  it.each([
    ['tel:+49-30-123;ext=5', 'tel:+4930123'],
    ['+49 30 123', 'tel:+4930123'],
    ['*21#', 'tel:*21%23'],
  ])('leaves %s a number on a trunk without a host', (text, target) => {
    expect(readTarget(text, { allowTargets: [''] })).toEqual({ target });
  });

  it.each([
    ['tel:+49-30-123;ext=5', { target: 'tel:+4930123;ext=5' }],
    ['+49 30 123', { target: 'tel:+4930123' }],
    ['sip:a@b', { target: 'sip:a@b' }],
    ['tel:+4930123;x=<sip:a@b>', { fault: 'is not a tel: URI (RFC 3966)' }],
    ['tel:+4930123;x=1?Via=a', { fault: 'is not a tel: URI (RFC 3966)' }],
  ])('preserves the number of %s where the trunk says so', (text, reading) => {
    expect(readTarget(text, { ...anywhere, preserveTelUri: true })).toEqual(reading);
  });

  it('holds a preserved number to the rules for what would be dialled', () => {
    const policy = { host: 'trunk.example.com', preserveTelUri: true, allowTargets: ['@trunk.example.com'] };
    expect(readTarget('tel:+4930123', policy)).toEqual({ target: 'tel:+4930123' });
    expect(readTarget('112', policy)).toMatchObject({ isDenied: true });
    expect(readTarget('tel:112', { allowTargets: [''] })).toMatchObject({ isDenied: true });
    expect(readTarget('tel:+4930123', { allowTargets: ['+39'] })).toMatchObject({ isDenied: true });
  });

  it('wants one of the patterns to match, whatever the case', () => {
    const policy = { allowTargets: ['^sip:[^@]+@one\\.example$', '^sip:[^@]+@two\\.example$'] };
    expect(readTarget('sip:a@TWO.example', policy)).toEqual({ target: 'sip:a@TWO.example' });
    expect(readTarget('sip:a@three.example', policy)).toEqual({
      fault: "sip:a@three.example is not allowed by the trunk's allowTargets",
      isDenied: true,
    });
  });

  it('holds numbers to the patterns too', () => {
    const policy = { host: 'trunk.example.com', allowTargets: ['^sip:\\+49'] };
    expect(readTarget('tel:+4930123', policy)).toEqual({ target: 'sip:+4930123@trunk.example.com' });
    expect(readTarget('tel:+3930123', policy)).toHaveProperty('fault');
  });
});
