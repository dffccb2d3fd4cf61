import { described, fields, lines, sdpBody, vector } from './vector';
import type { Vector } from './vector';

const invite = 'INVITE sip:user@example.com SIP/2.0';
const options = 'OPTIONS sip:user@example.com SIP/2.0';
const register = 'REGISTER sip:example.com SIP/2.0';

/** RFC 4475 sections 3.2 to 3.4: messages that parse, and try the layers above. */
export const layers: Vector[] = [
  vector(
    '3.2.1',
    'badbranch',
    lines(options, ...fields('OPTIONS', 'badbranch', { Via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK' })),
    { status: 200 }
  ),
  vector(
    '3.3.1',
    'insuf',
    lines(invite, 'CSeq: 193942 INVITE', 'Via: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKinsuf', 'l: 0'),
    { status: 400 }
  ),
  vector(
    '3.3.2',
    'unkscm',
    lines('OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0', ...fields('OPTIONS', 'unkscm')),
    { status: 416 }
  ),
  vector('3.3.3', 'novelsc', lines('OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0', ...fields('OPTIONS', 'novelsc')), {
    status: 416,
  }),
  vector(
    '3.3.4',
    'unksm2',
    lines(
      register,
      ...fields('REGISTER', 'unksm2', {
        To: 'isbn:2983792873',
        From: '<http://www.example.com>;tag=3234233',
        Contact: '<name:John_Smith>',
      })
    ),
    { status: 200 }
  ),
  vector(
    '3.3.5',
    'bext01',
    lines(
      options,
      ...fields('OPTIONS', 'bext01', {
        'Proxy-Require': 'noProxiesSupportThis, norDoAnyProxiesSupportThis',
        Require: 'nothingSupportsThis, nothingSupportsThisEither',
      })
    ),
    { status: 420 }
  ),
  vector(
    '3.3.6',
    'invut',
    `${lines(invite, ...fields('INVITE', 'invut', described('<audio>\r\n', 'application/unknownformat')))}<audio>\r\n`,
    { status: 415 }
  ),
  vector(
    '3.3.7',
    'regaut01',
    lines(register, ...fields('REGISTER', 'regaut01', { Authorization: 'NoOneKnowsThisScheme opaque-data=here' })),
    { status: 200 }
  ),
  vector(
    '3.3.8',
    'multi01',
    lines(
      invite,
      ...fields('INVITE', 'multi01'),
      'CSeq: 59 INVITE',
      'Call-ID: multi01.two@192.0.2.1',
      'Max-Forwards: 5',
      'From: <sip:other@example.net>;tag=2',
      'To: <sip:another@example.com>'
    ),
    { status: 400 }
  ),
  vector(
    '3.3.9',
    'mcl01',
    `${lines(options, ...fields('OPTIONS', 'mcl01', { 'Content-Length': '13' }), 'Content-Length: 5')}There's no way`,
    { status: 400 },
    { status: 400, closes: true }
  ),
  vector(
    '3.3.10',
    'bcast',
    lines('SIP/2.0 200 OK', ...fields('INVITE', 'bcast'), 'Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23'),
    {}
  ),
  vector('3.3.11', 'zeromf', lines(options, ...fields('OPTIONS', 'zeromf', { 'Max-Forwards': '0' })), { status: 200 }),
  vector(
    '3.3.12',
    'cparam01',
    lines(register, ...fields('REGISTER', 'cparam01', { Contact: 'sip:+19725552222@gw1.example.net;unknownparam' })),
    { status: 200 }
  ),
  vector(
    '3.3.13',
    'cparam02',
    lines(register, ...fields('REGISTER', 'cparam02', { Contact: '<sip:+19725552222@gw1.example.net;unknownparam>' })),
    { status: 200 }
  ),
  vector(
    '3.3.14',
    'regescrt',
    lines(
      register,
      ...fields('REGISTER', 'regescrt', { Contact: '<sip:user@example.com?Route=%3Csip:sip.example.com%3E>' })
    ),
    { status: 200 }
  ),
  vector(
    '3.3.15',
    'sdp01',
    `${lines(invite, ...fields('INVITE', 'sdp01', { Accept: 'text/nobodyKnowsThis', ...described(sdpBody) }))}${sdpBody}`,
    { status: 406 }
  ),
  vector(
    '3.4.1',
    'inv2543',
    `${lines(
      'INVITE sip:UserB@example.com SIP/2.0',
      'Via: SIP/2.0/UDP iftgw.example.com',
      'From: <sip:+13035551111@ift.client.example.net;user=phone>',
      'Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>',
      'To: sip:+16505552222@ss1.example.net;user=phone',
      'Call-ID: inv2543.1717@ift.client.example.com',
      'CSeq: 56 INVITE',
      'Content-Type: application/sdp'
    )}${sdpBody}`,
    { status: 486 },
    // RFC 3261 section 18.3: on a stream a message needs its length.
    { status: 400, closes: true }
  ),
];
