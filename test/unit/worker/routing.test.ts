import { describe, it, expect } from '@jest/globals';
import type { ChannelConfig, TrunkConfig } from '../../../config/config';
import { findRoute } from '../../../worker/routing';

const trunk = (id: string, login: string, sources: string[]): TrunkConfig => ({
  id,
  login,
  sources,
  allowTargets: [],
  passHeaders: [],
  ringTimeoutMs: 60_000,
  maxCallMs: 3_600_000,
});
const channel = (trunkId: string): ChannelConfig => ({
  botId: `bot-of-${trunkId}`,
  trunk: trunkId,
  leg: 'sip:bot@127.0.0.1',
  takesDtmf: false,
  presets: {},
});

const config = {
  trunks: [
    trunk('berlin', '+4930100', ['10.1.0.0/16', '2001:db8:1::/48']),
    trunk('berlin-sales', '4930200', ['10.1.0.0/16']),
    trunk('hamburg', '4930100', ['192.0.2.7']),
  ],
  channels: [channel('hamburg'), channel('berlin'), channel('berlin-sales')],
};

const routeOf = (sourceAddress: string, dialled: string): string => {
  const route = findRoute(config, { sourceAddress, dialled });
  return typeof route === 'string' ? route : `${route.trunk.id} ${route.channel.botId}`;
};

describe('findRoute', () => {
  it.each([
    ['10.1.2.3', '+4930100', 'berlin bot-of-berlin'],
    ['10.1.2.3', '4930100', 'berlin bot-of-berlin'],
    ['10.1.2.3', '+4930200', 'berlin-sales bot-of-berlin-sales'],
    ['192.0.2.7', '+4930100', 'hamburg bot-of-hamburg'],
    ['2001:db8:1::9', '4930100', 'berlin bot-of-berlin'],
    ['::ffff:10.1.2.3', '4930100', 'berlin bot-of-berlin'],
  ])('routes a call from %s to %s: %s', (sourceAddress, dialled, route) => {
    expect(routeOf(sourceAddress, dialled)).toBe(route);
  });

  it.each(['10.2.0.1', '192.0.2.8', '2001:db8:2::1', '', 'pbx.example.com'])(
    'knows no trunk that sends from "%s"',
    (sourceAddress) => {
      expect(routeOf(sourceAddress, '4930100')).toBe('unknown-source');
    }
  );

  it.each(['4930999', '', '+', '++4930100', '4930200'])('knows no bot at "%s" on a trunk', (dialled) => {
    expect(routeOf('192.0.2.7', dialled)).toBe('unknown-number');
  });
});
