import { describe, it, expect } from '@jest/globals';
import { findRoute } from '../../../worker/ingress/routing';
import { load } from '../config/config-file';

const trunk = (id: string, login: string, sources: string[]): { id: string; login: string; sources: string[] } => ({
  id,
  login,
  sources,
});
const channel = (trunkId: string): object => ({ botId: `bot-of-${trunkId}`, trunk: trunkId, leg: 'sip:bot@127.0.0.1' });

const config = load({
  trunks: [
    trunk('berlin', '+4930100', ['10.1.0.0/16', '2001:db8:1::/48']),
    trunk('berlin-sales', '4930200', ['10.1.0.0/16']),
    trunk('hamburg', '4930100', ['192.0.2.7']),
    trunk('botless', '100', ['203.0.113.1']),
    { ...trunk('outbound', '200', ['203.0.113.1']), incoming: false },
  ],
  channels: [channel('hamburg'), channel('berlin'), channel('berlin-sales')],
});

const routeOf = (sourceAddress: string, dialled: string, more: { uri?: string; to?: string } = {}): string => {
  const route = findRoute(config, { sourceAddress, uri: `sip:${dialled}@us`, dialled, to: '', ...more });
  return 'why' in route ? [route.why, route.trunk].join(' ').trim() : `${route.trunk.id} ${route.channel.botId}`;
};

describe('findRoute', () => {
  it.each([
    ['10.1.2.3', '+4930100', 'berlin bot-of-berlin'],
    ['10.1.2.3', '4930100', 'berlin bot-of-berlin'],
    ['10.1.2.3', '%2B4930100', 'berlin bot-of-berlin'],
    ['10.1.2.3', '+49-30-100;phone-context=example.com', 'berlin bot-of-berlin'],
    ['10.1.2.3', '+4930200', 'berlin-sales bot-of-berlin-sales'],
    ['192.0.2.7', '+4930100', 'hamburg bot-of-hamburg'],
    ['2001:db8:1::9', '4930100', 'berlin bot-of-berlin'],
    ['::ffff:10.1.2.3', '4930100', 'berlin bot-of-berlin'],
  ])('routes a call from %s to %s: %s', (sourceAddress, dialled, route) => {
    expect(routeOf(sourceAddress, dialled)).toBe(route);
  });

  it('goes by the trunk that the Contact named, then by the request-URI, then by To', () => {
    const sales = 'berlin-sales bot-of-berlin-sales';
    const uri = 'sip:4930100@us:5060;trunk=berlin-sales;user=phone';
    expect(routeOf('10.1.2.3', '4930100', { uri })).toBe(sales);
    expect(routeOf('10.1.2.3', '4930100', { to: '4930200' })).toBe('berlin bot-of-berlin');
    expect(routeOf('10.1.2.3', 'pbx', { to: '+4930200' })).toBe(sales);
  });

  it('takes no trunk by its name from a source of another one', () => {
    const uri = 'sip:4930100@us;trunk=berlin-sales';
    expect(routeOf('192.0.2.7', '4930100', { uri })).toBe('hamburg bot-of-hamburg');
  });

  it.each(['10.2.0.1', '192.0.2.8', '2001:db8:2::1', '', 'pbx.example.com'])(
    'knows no trunk that sends from "%s"',
    (sourceAddress) => {
      expect(routeOf(sourceAddress, '4930100')).toBe('unknown-source');
    }
  );

  it.each(['4930999', '', '+', '++4930100', '4930200', '%'])('knows no bot at "%s" on a trunk', (dialled) => {
    expect(routeOf('192.0.2.7', dialled)).toBe('unknown-number');
  });

  it('tells a trunk without a bot from one that takes no calls', () => {
    expect(routeOf('203.0.113.1', '100')).toBe('no-bot botless');
    expect(routeOf('203.0.113.1', '200')).toBe('no-calls outbound');
  });
});
