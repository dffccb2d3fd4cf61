import { describe, expect, it } from '@jest/globals';
import { plainIdentity, trunkIdentity } from '../../../activities/sip/trunk-identity';
import type { OutboundTrunk } from '../../../contracts/outbound-trunk';

const over: OutboundTrunk = { login: '+4930100', hosts: ['sip.provider.com:5080'], callerId: 'login' };
const caller = { number: '+49301', displayName: 'A "B" C' };
const contact = { name: 'Contact', value: '<sip:+4930100@localhost;trunk=berlin>' };

describe('who calls over a trunk', () => {
  it('is its login in From, with the caller asserted', () => {
    expect(trunkIdentity(caller, { id: 'berlin', over })).toEqual({
      from: '"A \\"B\\" C" <sip:+4930100@sip.provider.com>',
      headers: [contact, { name: 'P-Asserted-Identity', value: '"A \\"B\\" C" <sip:+49301@sip.provider.com>' }],
    });
  });

  it('is the caller in From, with the login asserted, where the trunk wants it', () => {
    expect(trunkIdentity(caller, { id: 'berlin', over: { ...over, callerId: 'caller' } })).toEqual({
      from: '"A \\"B\\" C" <sip:+49301@sip.provider.com>',
      headers: [contact, { name: 'P-Asserted-Identity', value: '<sip:+4930100@sip.provider.com>' }],
    });
  });

  it.each([
    ['login', '<sip:+4930100@sip.provider.com>'],
    ['caller', '"Anonymous" <sip:anonymous@anonymous.invalid>'],
  ] as const)('stays withheld where the caller withholds it (%s in From)', (callerId, from) => {
    const identity = trunkIdentity(
      { number: 'anonymous', displayName: 'X' },
      { id: 'berlin', over: { ...over, callerId } }
    );
    expect(identity).toEqual({
      from,
      headers: [
        contact,
        { name: 'P-Asserted-Identity', value: '<sip:+4930100@sip.provider.com>' },
        { name: 'Privacy', value: 'id' },
      ],
    });
  });

  it('is the caller at our address without one', () => {
    expect(plainIdentity({ number: 'a;b' })).toEqual({ from: '<sip:a%3Bb@localhost>', headers: [] });
  });
});
