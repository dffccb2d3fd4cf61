import { describe, it, expect } from '@jest/globals';
import fc from 'fast-check';
import { deriveCallId } from '../../../contracts/call-id';
import { isCallId } from '../../../contracts/ids';

const invite = {
  sipCallId: 'a84b4c76e66710@pc33.atlanta.com',
  fromTag: '1928301774',
  cseq: 314159,
  branch: 'z9hG4bK776asdhds',
};

describe('deriveCallId', () => {
  it('keeps giving the INVITE of RFC 3261 section 4 the same id in every release', () => {
    expect(deriveCallId(invite)).toBe('5blxxnaviavzicgc');
  });

  it('gives a second delivery of an INVITE the same id', () => {
    expect(deriveCallId({ ...invite })).toBe(deriveCallId(invite));
  });

  it.each([
    ['Call-ID', { sipCallId: 'A84b4c76e66710@pc33.atlanta.com' }],
    ['From tag', { fromTag: '1928301775' }],
    ['CSeq number, as after a challenge', { cseq: 314160 }],
    ['branch, as from a forking proxy', { branch: 'z9hG4bK776asdhdt' }],
  ])('gives an INVITE with another %s another id', (_, change) => {
    expect(deriveCallId({ ...invite, ...change })).not.toBe(deriveCallId(invite));
  });

  it('does not confuse text that moves from one part to the next', () => {
    const one = deriveCallId({ ...invite, sipCallId: 'ab', fromTag: 'c' });
    expect(deriveCallId({ ...invite, sipCallId: 'a', fromTag: 'bc' })).not.toBe(one);
  });

  it('always makes a well-formed call id', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(), fc.string(), (sipCallId, fromTag, cseq, branch) => {
        expect(isCallId(deriveCallId({ sipCallId, fromTag, cseq, branch }))).toBe(true);
      })
    );
  });
});
