import { describe, it, expect } from '@jest/globals';
import { reasonCodeOf, reasonText } from '../../../contracts/sip-outcome';

describe('outcome of a transfer target', () => {
  it.each([
    [408, 'no-answer'],
    [480, 'no-answer'],
    [487, 'no-answer'],
    [504, 'no-answer'],
    [486, 'busy'],
    [600, 'busy'],
    [603, 'declined'],
    [607, 'declined'],
    [608, 'declined'],
    [302, 'error'],
    [403, 'error'],
    [404, 'error'],
    [500, 'error'],
    [503, 'error'],
    [604, 'error'],
  ])('calls %i %s', (sipStatus, reasonCode) => {
    expect(reasonCodeOf(sipStatus)).toBe(reasonCode);
  });

  it('words a failure as a Reason header value', () => {
    expect(reasonText(486, 'Busy Here')).toBe('SIP ;cause=486 ;text="{486 Busy Here}"');
  });

  it('keeps the value one quoted string when the phrase holds quotes', () => {
    expect(reasonText(603, 'No "thanks" \\o/')).toBe('SIP ;cause=603 ;text="{603 No \\"thanks\\" \\\\o/}"');
  });
});
