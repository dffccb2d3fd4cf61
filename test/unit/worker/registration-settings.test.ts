import { expect, it } from '@jest/globals';
import type { TrunkConfig } from '../../../config/config';
import { isWatched } from '../../../config/watched-trunks';
import type { RegistrationSettings } from '../../../contracts/registration';
import { registrationSettings } from '../../../worker/trunks/registration-settings';
import { load, trunk } from '../config/config-file';

const atHost = { ...trunk, host: 'sip.example.com:5070' };

const settingsOf = (trunks: readonly object[]): RegistrationSettings[] =>
  load({ trunks }).trunks.filter(isWatched).map(registrationSettings);

it.each([
  ['registers', { ...atHost, register: {} }, true],
  ['is asked by OPTIONS', { ...atHost, keepAliveS: 30 }, true],
  ['does neither', atHost, false],
])('knows whether a trunk is watched that %s', (_, entry, expected) => {
  expect(load({ trunks: [entry] }).trunks.map((each: TrunkConfig) => isWatched(each))).toEqual([expected]);
});

it('reaches the hosts of a trunk and its proxy by its transport', () => {
  const more = { backupHosts: ['b.example.com'], outboundProxy: 'edge.example.com', keepAliveS: 30 };
  expect(settingsOf([{ ...atHost, ...more, transport: 'tcp' }])).toMatchObject([
    {
      domain: 'sip.example.com',
      targets: ['sip:sip.example.com:5070;transport=tcp', 'sip:b.example.com;transport=tcp'],
      outboundProxy: 'sip:edge.example.com;transport=tcp;lr',
      keepAliveMs: 30_000,
    },
  ]);
  expect(settingsOf([{ ...atHost, ...more }])).toMatchObject([
    { targets: ['sip:sip.example.com:5070', 'sip:b.example.com'], outboundProxy: 'sip:edge.example.com;lr' },
  ]);
});
