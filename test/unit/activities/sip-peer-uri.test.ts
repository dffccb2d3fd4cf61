import { expect, it } from '@jest/globals';
import { parsePeerUri } from '../../../activities/sip/peer-uri';

it.each([
  ['sip:1000@pbx.example:5060', '1000', 'pbx.example'],
  ['SIP:1000@pbx.example', '1000', 'pbx.example'],
  ['sip:+4930111@pbx.example;user=phone', '+4930111', 'pbx.example'],
  ['sip:%2B4930111@pbx.example?Subject=x', '%2B4930111', 'pbx.example'],
  ['sip:+4930111;phone-context=pbx.example@10.0.0.1', '+4930111;phone-context=pbx.example', '10.0.0.1'],
  ['sips:alice:secret@[2001:db8::1]:5061;trunk=a', 'alice', '[2001:db8::1]'],
  ['sip:pbx.example;lr', '', 'pbx.example'],
  ['tel:+49-30-111;phone-context=+49', '+49-30-111;phone-context=+49', ''],
])('reads %s', (uri, user, host) => {
  expect(parsePeerUri(uri)).toEqual({ user, host });
});

it.each(['', '*', 'http://pbx.example', 'tel:', 'sip:', 'urn:service:sos'])('does not read "%s"', (uri) => {
  expect(parsePeerUri(uri)).toBeUndefined();
});
