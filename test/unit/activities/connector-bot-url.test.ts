import { describe, expect, it } from '@jest/globals';
import { ForbiddenUrl, resolveBotUrl, resolveWebSocketUrl } from '../../../activities/connector/bot-url';

const BOT = 'https://bots.example.com/api/support';

describe('resolveBotUrl', () => {
  it.each([
    ['conversation/1/activities', 'https://bots.example.com/api/conversation/1/activities'],
    ['/webhooks/1/activities', 'https://bots.example.com/webhooks/1/activities'],
    ['../1?x=y', 'https://bots.example.com/1?x=y'],
    ['https://bots.example.com:443/1', 'https://bots.example.com/1'],
    ['//bots.example.com/1', 'https://bots.example.com/1'],
  ])('resolves %s', (named, url) => {
    expect(resolveBotUrl(named, BOT)).toBe(url);
  });

  it.each([
    'https://elsewhere.example.com/1',
    '//elsewhere.example.com/1',
    'https://bots.example.com:8443/1',
    'http://bots.example.com/1',
    'https://bots.example.com@elsewhere.example.com/1',
    'https://user:secret@bots.example.com/1',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://[',
  ])('does not take the token to %s', (named) => {
    expect(() => resolveBotUrl(named, BOT)).toThrow(ForbiddenUrl);
  });

  it('goes to other origins where the operator allows them', () => {
    const allowed = ['https://eu.bots.example.com'];
    expect(resolveBotUrl('https://eu.bots.example.com/1', BOT, allowed)).toBe('https://eu.bots.example.com/1');
    expect(() => resolveBotUrl('https://us.bots.example.com/1', BOT, allowed)).toThrow('https://us.bots.example.com');
  });
});

describe('resolveWebSocketUrl', () => {
  it.each([
    ['conversation/1/websocket', 'wss://bots.example.com/api/conversation/1/websocket'],
    ['wss://bots.example.com/1', 'wss://bots.example.com/1'],
    ['WSS://bots.example.com/1#part', 'wss://bots.example.com/1'],
    ['https://bots.example.com/1', 'wss://bots.example.com/1'],
  ])('resolves %s', (named, url) => {
    expect(resolveWebSocketUrl(named, BOT)).toBe(url);
  });

  it('is not talked into an open connection, or to another host', () => {
    expect(() => resolveWebSocketUrl('ws://bots.example.com/1', BOT)).toThrow(ForbiddenUrl);
    expect(() => resolveWebSocketUrl('wss://elsewhere.example.com/1', BOT)).toThrow(ForbiddenUrl);
  });
});
