import { describe, expect, it } from '@jest/globals';
import {
  agreeByAnswer,
  agreeByResponse,
  isIntervalTooSmall,
  proposeTerms,
} from '../../../sip-server/dialog/session-terms';
import { SipHeaders } from '../../../sip-server/message/headers';

const minimumS = 90;

function headersOf(fields: Record<string, string>): SipHeaders {
  return SipHeaders.from(Object.entries(fields));
}

function shown(headers: SipHeaders): Record<string, string> {
  return Object.fromEntries(headers.entries());
}

const ours = { 'Session-Expires': '1800' };

describe('the terms in our 2xx', () => {
  it.each([
    [{ Supported: 'timer' }, 'Session-Expires: 1800;refresher=uas', true],
    [{ Supported: '100rel, TIMER', 'Session-Expires': '600' }, 'Session-Expires: 600;refresher=uas', true],
    [{ k: 'timer', x: '3600;refresher=uas' }, 'Session-Expires: 1800;refresher=uas', true],
    [{ Supported: 'timer', 'Session-Expires': '3600', 'Min-SE': '2000' }, 'Session-Expires: 2000;refresher=uas', true],
    [{ Supported: 'timer', 'Min-SE': '2000' }, 'Session-Expires: 2000;refresher=uas', true],
  ])('answer %j by %s', (request, expected, isShared) => {
    const answer = headersOf(ours);
    const terms = agreeByAnswer(headersOf(request), answer, undefined, minimumS);
    expect(`Session-Expires: ${answer.get('Session-Expires')}`).toBe(expected);
    expect(answer.has('Require')).toBe(false);
    expect(terms).toEqual({ intervalS: Number(/\d+/.exec(expected)?.[0]), isOurRefresh: true, isShared });
  });

  it('leave the refresh to a peer that offers it, which then has to know', () => {
    const answer = headersOf(ours);
    const request = headersOf({ Supported: 'timer', 'Session-Expires': '600;refresher=uac' });
    expect(agreeByAnswer(request, answer, undefined, minimumS)).toEqual({
      intervalS: 600,
      isOurRefresh: false,
      isShared: true,
    });
    expect(shown(answer)).toEqual({
      Supported: 'timer',
      'Session-Expires': '600;refresher=uac',
      Require: 'timer',
    });
  });

  it('take the refresher of the application when the peer names none', () => {
    const answer = headersOf({ 'Session-Expires': '300;refresher=uac' });
    agreeByAnswer(headersOf({ Supported: 'timer' }), answer, undefined, minimumS);
    expect(answer.get('Session-Expires')).toBe('300;refresher=uac');
  });

  it('say nothing to a peer that knows no timer, and make the refresh ours', () => {
    const answer = headersOf({ ...ours, 'Min-SE': '90' });
    expect(agreeByAnswer(headersOf({}), answer, undefined, minimumS)).toEqual({
      intervalS: 1800,
      isOurRefresh: true,
      isShared: false,
    });
    expect(shown(answer)).toEqual({ Supported: 'timer' });
  });

  it('answer the interval that a proxy asked for, unless it is too small', () => {
    const answer = headersOf(ours);
    agreeByAnswer(headersOf({ 'Session-Expires': '600' }), answer, undefined, minimumS);
    expect(answer.get('Session-Expires')).toBe('600;refresher=uas');
    const another = headersOf(ours);
    expect(agreeByAnswer(headersOf({ 'Session-Expires': '1' }), another, undefined, minimumS)?.intervalS).toBe(1800);
    expect(another.has('Session-Expires')).toBe(false);
  });

  it('keep interval and refresher of the dialog', () => {
    const answer = headersOf({});
    const current = { intervalS: 200, isOurRefresh: false, isShared: true };
    expect(agreeByAnswer(headersOf({ Supported: 'timer' }), answer, current, minimumS)).toEqual(current);
    expect(answer.get('Session-Expires')).toBe('200;refresher=uac');
  });

  it('are none when nobody asks for an interval', () => {
    const answer = headersOf({ Supported: 'timer' });
    expect(agreeByAnswer(headersOf({ Supported: 'timer' }), answer, undefined, minimumS)).toBeUndefined();
    expect(shown(answer)).toEqual({ Supported: 'timer' });
  });
});

describe('the terms in a 2xx to us', () => {
  const request = headersOf({ 'Session-Expires': '1800', Supported: 'timer' });

  it.each([
    ['600;refresher=uac', { intervalS: 600, isOurRefresh: true, isShared: true }],
    ['600;refresher=UAS', { intervalS: 600, isOurRefresh: false, isShared: true }],
    ['600', { intervalS: 600, isOurRefresh: true, isShared: true }],
    ['5;refresher=uac', { intervalS: 90, isOurRefresh: true, isShared: true }],
    ['soon', { intervalS: 1800, isOurRefresh: true, isShared: false }],
  ])('are read from Session-Expires: %s', (value, expected) => {
    expect(agreeByResponse(request, headersOf({ 'Session-Expires': value }), undefined, minimumS)).toEqual(expected);
  });

  it('are our own when the peer has none, and none when we asked for none', () => {
    const own = { intervalS: 1800, isOurRefresh: true, isShared: false };
    expect(agreeByResponse(request, headersOf({}), undefined, minimumS)).toEqual(own);
    expect(agreeByResponse(headersOf({}), headersOf({}), undefined, minimumS)).toBeUndefined();
  });
});

describe('the terms in our request', () => {
  it('are those of the application, never below the minimum', () => {
    const request = headersOf({ 'Session-Expires': '30;refresher=uas', Supported: 'replaces' });
    proposeTerms(request, undefined, minimumS);
    expect(shown(request)).toEqual({ 'Session-Expires': '90;refresher=uas', Supported: 'replaces, timer' });
  });

  it.each([
    [true, '600;refresher=uac'],
    [false, '600;refresher=uas'],
  ])('keep interval and refresher of the dialog (ours: %s)', (isOurRefresh, expected) => {
    const request = headersOf({});
    proposeTerms(request, { intervalS: 600, isOurRefresh, isShared: true }, 120);
    expect(shown(request)).toEqual({ Supported: 'timer', 'Session-Expires': expected, 'Min-SE': '120' });
  });
});

describe('an interval below our minimum', () => {
  it.each([
    [{ Supported: 'timer', 'Session-Expires': '89' }, true],
    [{ Require: 'timer', 'Session-Expires': '89' }, true],
    [{ Supported: 'timer', 'Session-Expires': '90' }, false],
    [{ 'Session-Expires': '89' }, false],
    [{ Supported: 'timer' }, false],
  ])('is refused where its sender understands it: %j', (request, expected) => {
    expect(isIntervalTooSmall(headersOf(request), minimumS)).toBe(expected);
  });
});
