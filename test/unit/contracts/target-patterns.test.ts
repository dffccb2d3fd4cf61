import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isTargetPattern, matchesTarget } from '../../../contracts/target-patterns';
import { readTarget } from '../../../contracts/transfer-target';

const at = (user: string): string => `sip:${user}@pbx.example.com`;

describe('a pattern', () => {
  it.each([
    ['+49', at('+4930123')],
    ['+49', at('004930123')],
    ['+49', at('+49-30-123')],
    ['+49', 'tel:+49-30-123;ext=5'],
    ['112', at('112')],
    ['112', at('1.1.2')],
    ['112', at('%31%31%32')],
    ['112', at('112;phone-context=de')],
    ['112', 'sips:112:pw@pbx.example.com:5061;user=phone'],
    ['@pbx.example.com', 'sip:a@PBX.example.com.:5070;transport=tcp'],
    ['@pbx.example.com', 'sip:pbx.example.com'],
    ['@*.example.com', at('a')],
    ['@[2001:db8::1]', 'sip:a@[2001:DB8::1]:5060'],
    ['^sip:sales', at('sales')],
    ['', at('a')],
  ])('%j matches %s', (pattern, target) => {
    expect(isTargetPattern(pattern)).toBe(true);
    expect(matchesTarget(pattern, target)).toBe(true);
  });

  it.each([
    ['+49', at('+5930123')],
    ['+49', at('4930123')],
    ['+49', at('agent+49')],
    ['112', at('1123')],
    ['112', at('a112')],
    ['@pbx.example.com', 'sip:a@pbx.example.com.evil.example'],
    ['@pbx.example.com', 'sip:pbx.example.com@evil.example'],
    ['@pbx.example.com', 'tel:+49'],
    ['@*.example.com', 'sip:a@example.com'],
    ['@*.example.com', 'sip:a@evilexample.com'],
    ['emergency', at('agent')],
  ])('%j does not match %s', (pattern, target) => {
    expect(matchesTarget(pattern, target)).toBe(false);
  });

  it.each(['(', '*', '+', '+49x', '@a b('])('cannot be %j', (text) => {
    expect(isTargetPattern(text)).toBe(false);
  });
});

describe('what every trunk denies by default', () => {
  const policy = { host: 'pbx.example.com', allowTargets: [''] };

  it.each([
    '112',
    '911',
    '999',
    '110',
    '+112',
    '0112',
    '9911',
    '*31#112',
    '#31#911',
    'tel:112',
    at('1%312'),
    at('9-1-1'),
  ])('holds the emergency number %s', (target) => {
    expect(readTarget(target, policy)).toMatchObject({ fault: expect.stringContaining('"emergency"'), isDenied: true });
  });

  it.each([
    '+1-900-555-0100',
    '19005550100',
    '+49 900 1234567',
    '0049900123',
    '0119005550100',
    '0900 123456',
    '+448712345678',
    '+44 909 8790000',
    '+881612345678',
    '+979123456789',
    at('%2B49900123'),
  ])('holds the premium number %s', (target) => {
    expect(readTarget(target, policy)).toMatchObject({ fault: expect.stringContaining('"premium"'), isDenied: true });
  });

  it.each(['+4930123456', '+12125550100', '+442079460000', '1000', '100', '0301234567', at('agent'), '+905321234567'])(
    'holds nothing like %s',
    (target) => {
      expect(readTarget(target, policy)).toHaveProperty('target');
    }
  );

  it('is allowed by a list that leaves it out', () => {
    expect(readTarget('112', { ...policy, denyTargets: [] })).toEqual({ target: at('112') });
    expect(readTarget('112', { ...policy, denyTargets: ['premium'] })).toEqual({ target: at('112') });
  });

  it('holds a denied number however it is dressed up', () => {
    const separators = fc.array(fc.constantFrom('-', '.', '(', ')', ''), { minLength: 4, maxLength: 4 });
    const escape = fc.array(fc.boolean(), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom('112', '911', '999'), separators, escape, (number, dressing, escapes) => {
        const digits = Array.from(number, (digit, i) => (escapes[i] ? `%3${digit}` : digit));
        const user = dressing.map((sign, i) => `${sign}${digits[i] ?? ''}`).join('');
        expect(readTarget(at(user), policy)).toHaveProperty('fault');
      })
    );
  });
});

describe('the rules of a channel', () => {
  const trunk = { host: 'pbx.example.com', allowTargets: ['@pbx.example.com'] };

  it('narrow down what the trunk allows', () => {
    const channel = { allowTargets: ['+49'], denyTargets: ['+4970'] };
    expect(readTarget('+4930123', { ...trunk, channel })).toHaveProperty('target');
    expect(readTarget('+4970123', { ...trunk, channel })).toEqual({
      fault: 'sip:+4970123@pbx.example.com is denied by "+4970" of the channel\'s denyTargets',
      isDenied: true,
    });
    expect(readTarget('+3930123', { ...trunk, channel })).toEqual({
      fault: "sip:+3930123@pbx.example.com is not allowed by the channel's allowTargets",
      isDenied: true,
    });
  });

  it('never widen it', () => {
    expect(readTarget('sip:a@else.example', { ...trunk, channel: { allowTargets: [''] } })).toHaveProperty('fault');
    expect(readTarget('112', { ...trunk, channel: { allowTargets: ['112'] } })).toHaveProperty('fault');
  });
});

it('refuses a target whose parameters lead elsewhere', () => {
  const policy = { allowTargets: ['@pbx.example.com'] };
  for (const parameter of ['maddr=evil.example', 'MADDR=10.0.0.1', 'method=BYE', 'transport=udp;maddr=x'])
    expect(readTarget(`${at('a')};${parameter}`, policy)).toHaveProperty('fault');
  expect(readTarget(`sip:pbx.example.com;maddr=x`, policy)).toHaveProperty('fault');
});
