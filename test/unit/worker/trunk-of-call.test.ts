import { expect, it } from '@jest/globals';
import { destinations } from '../../../activities/sip/trunk-destinations';
import { trunkOfCall } from '../../../worker/trunks/trunk-of-call';
import { load, trunk } from '../config/config-file';

it('calls numbers, and introduces itself, at the outbound proxy of a trunk without a host', () => {
  const { trunks } = load({ trunks: [{ ...trunk, outboundProxy: 'edge.example.com:5070' }] });
  const { outbound, outboundProxy } = trunkOfCall(trunks[0]!);
  expect(outboundProxy).toBe('edge.example.com:5070');
  expect(destinations('sip:+4930@edge.example.com:5070', outbound)).toEqual([
    {
      uri: 'sip:+4930@edge.example.com:5070',
      proxy: 'sip:edge.example.com:5070;lr',
      isAtTrunk: true,
    },
  ]);
});

it('has no way out over a trunk with neither', () => {
  const { trunks } = load({ trunks: [trunk] });
  expect(trunkOfCall(trunks[0]!)).not.toHaveProperty('outbound');
});
