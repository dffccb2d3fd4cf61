import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { descriptionFault, isUnchanged, withOwnOrigin } from '../../../activities/sip/session-description';
import { declineAll, inactiveAnswer } from '../../../activities/sip/without-media';

const body = (port = 4000, version = 7): string =>
  [
    'v=0',
    `o=peer 99 ${version} IN IP4 10.0.0.1`,
    's=-',
    'c=IN IP4 10.0.0.1',
    't=0 0',
    `m=audio ${port} RTP/AVP 0 8`,
    'a=x',
    '',
  ].join('\r\n');
const leg = { tag: 'abcdefghij234567-bot-0', host: '192.0.2.1' };
const originOf = (text: string): string => /^o=.*$/m.exec(text)?.[0].trim() ?? '';
const rest = (text: string): string => text.replace(/^o=.*\r\n/m, '');

describe('withOwnOrigin', () => {
  it('puts our origin line in place of the peer’s and leaves every other line alone', () => {
    const ours = withOwnOrigin(body(), leg);
    expect(originOf(ours)).toMatch(/^o=- \d+ 1 IN IP4 192\.0\.2\.1$/);
    expect(rest(ours)).toBe(rest(body()));
  });

  it('repeats what was sent, byte for byte, when only the peer’s origin line changed', () => {
    const first = withOwnOrigin(body(4000, 7), leg);
    expect(withOwnOrigin(body(4000, 8), leg, first)).toBe(first);
  });

  it('raises the version by one exactly when the rest changes, and keeps session id and address', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1024, max: 1030 }), { maxLength: 30 }), (ports) => {
        let sent = withOwnOrigin(body(1023), leg);
        let version = 1;
        let before = 1023;
        for (const port of ports) {
          sent = withOwnOrigin(body(port), leg, sent);
          if (port !== before) version += 1;
          before = port;
          expect(originOf(sent)).toBe(originOf(withOwnOrigin(body(), leg)).replace(' 1 IN', ` ${version} IN`));
        }
      })
    );
  });

  it('has a session id for each leg', () => {
    const other = { ...leg, tag: 'abcdefghij234567-caller-0' };
    expect(originOf(withOwnOrigin(body(), leg))).not.toBe(originOf(withOwnOrigin(body(), other)));
  });
});

it('knows a refresh by the peer’s origin line', () => {
  expect(isUnchanged(body(), body())).toBe(true);
  expect(isUnchanged(body(5000, 7), body(4000, 7))).toBe(true);
  expect(isUnchanged(body(4000, 8), body(4000, 7))).toBe(false);
});

describe('descriptionFault', () => {
  it('finds nothing wrong with a usable description', () => {
    expect(descriptionFault(body())).toBeUndefined();
    expect(descriptionFault(body().replaceAll('\r\n', '\n'))).toBeUndefined();
  });

  it.each([
    ['', 'v=0'],
    ['x', 'v=0'],
    [body().replace(/^o=.*\r\n/m, ''), 'o='],
    [body().replace(/^c=.*\r\n/m, ''), 'c='],
    [body().replace(/^m=.*\r\n/m, ''), 'media'],
    [body().replace('m=audio 4000 RTP/AVP 0 8', 'm=audio four'), 'm='],
  ])('names what is wrong with %j', (text, fault) => {
    expect(descriptionFault(text)).toContain(fault);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => expect(['string', 'undefined']).toContain(typeof descriptionFault(text)))
    );
  });
});

describe('without media', () => {
  const offer = `${body()}m=video 0 RTP/AVP 96\r\nm=audio 4002 RTP/AVP 111\r\na=rtpmap:111 opus/48000\r\n`;

  it('answers every medium in its place, inactive, and leaves declined ones declined', () => {
    const answer = inactiveAnswer(offer, '192.0.2.1');
    expect(answer.match(/^m=.*$/gm)).toEqual([
      'm=audio 9 RTP/AVP 0 8',
      'm=video 0 RTP/AVP 96',
      'm=audio 9 RTP/AVP 111',
    ]);
    expect(answer).toContain('a=rtpmap:111 opus/48000');
    expect(answer.match(/^a=inactive$/gm)).toHaveLength(2);
  });

  it('declines every medium in its place', () => {
    expect(declineAll(offer, '192.0.2.1').match(/^m=\S+ 0 /gm)).toHaveLength(3);
  });
});
