import { described, fields, lines, sdpBody, vector } from './vector';
import type { Vector } from './vector';

const invite = 'INVITE sip:user@example.com SIP/2.0';
const options = 'OPTIONS sip:user@example.com SIP/2.0';

/** RFC 4475 section 3.1.2: messages that are wrong. Where the RFC lets an element be liberal, the outcome is the liberal one. */
export const invalid: Vector[] = [
  vector(
    '3.1.2.1',
    'badinv01',
    lines(
      invite,
      ...fields('INVITE', 'badinv01', {
        Via: 'SIP/2.0/UDP 192.0.2.15;;,;,,',
        Contact: '"Joe" <sip:joe@example.org>;;;;',
      })
    ),
    { status: 400 }
  ),
  vector(
    '3.1.2.2',
    'clerr',
    `${lines(invite, ...fields('INVITE', 'clerr', { ...described(sdpBody), 'Content-Length': '9999' }))}${sdpBody}`,
    { status: 400 },
    // On a stream the rest may still come: the connection ends when it does not in time.
    { closes: true }
  ),
  vector(
    '3.1.2.3',
    'ncl',
    `${lines(invite, ...fields('INVITE', 'ncl', { ...described(sdpBody), 'Content-Length': '-999' }))}${sdpBody}`,
    { status: 400 },
    { status: 400, closes: true }
  ),
  vector(
    '3.1.2.4',
    'scalar02',
    lines(
      'REGISTER sip:example.com SIP/2.0',
      ...fields('REGISTER', 'scalar02', {
        CSeq: '36893488147419103232 REGISTER',
        'Max-Forwards': '300',
        Expires: '1' + '0'.repeat(30),
        Contact: '<sip:user@host129.example.com>;expires=280297596632815',
      })
    ),
    { status: 400 }
  ),
  vector(
    '3.1.2.5',
    'scalarlg',
    lines(
      'SIP/2.0 503 Service Unavailable',
      ...fields('OPTIONS', 'scalarlg', {
        CSeq: '9292394834772304023312 OPTIONS',
        'Retry-After': '949302838503028349304023988',
        Warning: '1812 overture "In Progress"',
      })
    ),
    {}
  ),
  vector(
    '3.1.2.6',
    'quotbal',
    lines(invite, ...fields('INVITE', 'quotbal', { To: '"Mr. J. User <sip:j.user@example.com>' })),
    { status: 400 }
  ),
  vector('3.1.2.7', 'ltgtruri', lines('INVITE <sip:user@example.com> SIP/2.0', ...fields('INVITE', 'ltgtruri')), {
    status: 400,
  }),
  vector('3.1.2.8', 'lwsruri', lines('INVITE sip:user@example.com; lr SIP/2.0', ...fields('INVITE', 'lwsruri')), {
    status: 400,
  }),
  vector('3.1.2.9', 'lwsstart', lines('INVITE  sip:user@example.com  SIP/2.0', ...fields('INVITE', 'lwsstart')), {
    status: 486,
  }),
  vector('3.1.2.10', 'trws', lines(`${options}  `, ...fields('OPTIONS', 'trws')), { status: 200 }),
  vector(
    '3.1.2.11',
    'escruri',
    lines('INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0', ...fields('INVITE', 'escruri')),
    { status: 486 }
  ),
  vector(
    '3.1.2.12',
    'baddate',
    lines(invite, ...fields('INVITE', 'baddate', { Date: 'Fri, 01 Jan 2010 16:00:00 EST' })),
    { status: 486 }
  ),
  vector(
    '3.1.2.13',
    'regbadct',
    lines(
      'REGISTER sip:example.com SIP/2.0',
      ...fields('REGISTER', 'regbadct', { Contact: 'sip:user@example.com?Route=%3Csip:sip.example.com%3E' })
    ),
    { status: 400 }
  ),
  vector(
    '3.1.2.14',
    'badaspec',
    lines(options, ...fields('OPTIONS', 'badaspec', { To: '"Watson, Thomas" < sip:t.watson@example.org >' })),
    { status: 200 }
  ),
  vector(
    '3.1.2.15',
    'baddn',
    lines(options, ...fields('OPTIONS', 'baddn', { From: 'Bell, Alexander <sip:a.g.bell@example.com>;tag=43' })),
    { status: 200 }
  ),
  vector('3.1.2.16', 'badvers', lines('OPTIONS sip:t.watson@example.org SIP/7.0', ...fields('OPTIONS', 'badvers')), {
    status: 505,
  }),
  vector('3.1.2.17', 'mismatch01', lines(options, ...fields('INVITE', 'mismatch01')), { status: 400 }),
  vector('3.1.2.18', 'mismatch02', lines('NEWMETHOD sip:user@example.com SIP/2.0', ...fields('INVITE', 'mismatch02')), {
    status: 400,
  }),
  vector(
    '3.1.2.19',
    'bigcode',
    lines('SIP/2.0 4294967301 better not break the receiver', ...fields('INVITE', 'bigcode')),
    {}
  ),
];
