import { described, fields, lines, sdpBody, vector } from './vector';
import type { Vector } from './vector';

/** RFC 4475 section 3.1.1: messages that look wrong and are right. */
export const valid: Vector[] = [
  vector(
    '3.1.1.1',
    'wsinv',
    `${lines(
      'INVITE sip:vivek@example.com;unknownparam SIP/2.0',
      'TO :',
      ' sip:vivek@example.com ;   tag    = 1918xyz',
      'from   : "J Rosenberg \\\\\\""       <sip:jdr@example.com>',
      '  ;',
      '  tag = 98asjd8',
      'MaX-fOrWaRdS: 0068',
      'Call-ID: wsinv.ndaksdj@192.0.2.1',
      `Content-Length   : ${Buffer.byteLength(sdpBody)}`,
      'cseq: 0009',
      '  INVITE',
      'Via  : SIP  /   2.0',
      ' /UDP',
      '    192.0.2.2;branch=390skdjuw',
      's :',
      'NewFangledHeader:   newfangled value',
      ' continued newfangled value',
      'UnknownHeaderWithUnusualValue: ;;,,;;,;',
      'Content-Type: application/sdp',
      'Route:',
      ' <sip:services.example.com;lr;unknownwith=value;unknown-no-value>',
      'v:  SIP  / 2.0  / TCP     spindle.example.com   ;',
      '  branch  =   z9hG4bK9ikj8  ,',
      ' SIP  /    2.0   / UDP  192.168.255.111   ; branch=',
      ' z9hG4bK30239',
      'm:"Quoted string \\"\\"" <sip:jdr@example.com> ; newparam =',
      '      newvalue ;',
      '  secondparam ; q = 0.33'
    )}${sdpBody}`,
    // The To tag names a dialog that is not here: it was read.
    { status: 481 }
  ),
  vector(
    '3.1.1.2',
    'intmeth',
    lines(
      "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0",
      ...fields("!interesting-Method0123456789_*+`.%indeed'~", 'intmeth', {
        To: `"BEL:\\\u0007 NUL:\\\u0001 DEL:\\\u007f" <sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>`,
        From: `token1~\` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%="\u0440\u0430\u0431\u043e\u0442\u0430";tag=_token~1'+\`*%!-.`,
        "extensionHeader-!.%*+_`'~": '\ufeff\u5927\u505c\u96fb',
      })
    ),
    { status: 501 }
  ),
  vector(
    '3.1.1.3',
    'esc01',
    `${lines(
      'INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0',
      ...fields('INVITE', 'esc01', {
        To: 'sip:%75se%72@example.com',
        From: '<sip:I%20have%20spaces@example.net>;tag=938',
        Contact: '<sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>',
        ...described(sdpBody),
      })
    )}${sdpBody}`,
    { status: 486 }
  ),
  vector(
    '3.1.1.4',
    'escnull',
    lines(
      'REGISTER sip:example.com SIP/2.0',
      ...fields('REGISTER', 'escnull', {
        To: 'sip:null-%00-null@example.com',
        From: 'sip:null-%00-null@example.com;tag=839923423',
        Contact: '<sip:%00@host5.example.com>, <sip:%00%00@host5.example.com>',
      })
    ),
    { status: 200 }
  ),
  vector(
    '3.1.1.5',
    'esc02',
    lines(
      'RE%47IST%45R sip:registrar.example.com SIP/2.0',
      ...fields('RE%47IST%45R', 'esc02', {
        To: '"%Z%45" <sip:resource@example.com>',
        From: '"%Z%45" <sip:resource@example.com>;tag=f232jadfj23',
        'Co%6Etact': '<sip:user@host2.example.com>',
      })
    ),
    // The escape does not make it a REGISTER.
    { status: 501 }
  ),
  vector(
    '3.1.1.6',
    'lwsdisp',
    lines(
      'OPTIONS sip:user@example.com SIP/2.0',
      ...fields('OPTIONS', 'lwsdisp', { From: 'caller<sip:caller@example.com>;tag=323' })
    ),
    { status: 200 }
  ),
  vector(
    '3.1.1.7',
    'longreq',
    `${lines(
      'INVITE sip:user@example.com SIP/2.0',
      ...fields('INVITE', 'longreq', {
        To: `"I have a user name of ${'extreme'.repeat(10)} proportion" <sip:user@example.com:6000;unknownparam1=very${'long'.repeat(20)}value;longparam${'name'.repeat(25)}=shortvalue;very${'long'.repeat(25)}ParameterNameWithNoValue>`,
        From: `sip:${'amazinglylongcallername'.repeat(5)}@example.net;tag=12${'982'.repeat(50)}424;unknownheaderparam${'name'.repeat(20)}=unknowheaderparam${'value'.repeat(15)};unknownValueless${'paramname'.repeat(10)}`,
        'Call-ID': `longreq.one${'really'.repeat(20)}longcallid`,
        [`Unknown-${'Long'.repeat(20)}-Name`]: `unknown-${'long'.repeat(20)}-value; unknown-${'long'.repeat(20)}-parameter-name = unknown-${'long'.repeat(20)}-parameter-value`,
        Via: Array.from(
          { length: 36 },
          (_one, hop) => `SIP/2.0/TCP sip${33 - hop}.example.com;branch=z9hG4bK${hop}longreq`
        ).join(', '),
        Contact: `<sip:${'amazinglylongcallername'.repeat(5)}@host5.example.net>`,
        ...described(sdpBody),
      })
    )}${sdpBody}`,
    { status: 486 }
  ),
  vector(
    '3.1.1.8',
    'dblreq',
    lines('REGISTER sip:example.com SIP/2.0', ...fields('REGISTER', 'dblreq')) +
      lines('INVITE sip:joe@example.com SIP/2.0', ...fields('INVITE', 'dblreq2')),
    // What follows in the datagram is ignored; on a stream it is the next message.
    { status: 200 }
  ),
  vector(
    '3.1.1.9',
    'semiuri',
    lines(
      'OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0',
      ...fields('OPTIONS', 'semiuri', {
        To: 'sip:j_user@example.com',
        Accept: 'application/sdp, application/pkcs7-mime, multipart/mixed',
      })
    ),
    { status: 200 }
  ),
  vector(
    '3.1.1.10',
    'transports',
    lines(
      'OPTIONS sip:user@example.com SIP/2.0',
      ...fields('OPTIONS', 'transports'),
      ...['SCTP', 'TLS', 'UNKNOWN', 'TCP'].map((name) => `Via: SIP/2.0/${name} t.example.com;branch=z9hG4bK${name}`)
    ),
    { status: 200 }
  ),
  vector(
    '3.1.1.11',
    'mpart01',
    `${lines(
      'MESSAGE sip:kumiko@example.org SIP/2.0',
      ...fields(
        'MESSAGE',
        'mpart01',
        described('--b\r\n\r\nHello\r\n--b\r\n\u0000\u0001\u0002\r\n--b--', 'multipart/mixed;boundary=b')
      )
    )}--b\r\n\r\nHello\r\n--b\r\n\u0000\u0001\u0002\r\n--b--`,
    { status: 200 }
  ),
  vector(
    '3.1.1.12',
    'unreason',
    lines(
      'SIP/2.0 200 = 2**3 * 5**2 \u043d\u043e \u0441\u0442\u043e \u0434\u0435\u0432\u044f\u043d\u043e\u0441\u0442\u043e \u0434\u0435\u0432\u044f\u0442\u044c - \u043f\u0440\u043e\u0441\u0442\u043e\u0435',
      ...fields('INVITE', 'unreason')
    ),
    {}
  ),
  vector('3.1.1.13', 'noreason', lines('SIP/2.0 100 ', ...fields('INVITE', 'noreason')), {}),
];
