import { describe, expect, it } from '@jest/globals';
import { isRefusedByFetch } from '../../../config/fetch-ports';
import { channel, ENV, load, placelessFaultsOf } from './config-file';

const HIGHEST_PORT = 65_535;
const OTHER_PROTOCOLS = 'a port that HTTP clients do not call, as it is of another protocol (choose another)';

/** Asks without a network: what `fetch` lets pass ends at the dispatcher. */
async function fetchRefuses(port: number): Promise<boolean> {
  const dispatcher = {
    dispatch: (_: unknown, handler: { onError(err: Error): void }) => handler.onError(new Error('passed')),
  };
  const init = { dispatcher } as unknown as RequestInit;
  const error = await fetch(`http://bot.example:${port}/`, init).catch((err: unknown) => err as Error);
  return ((error as Error).cause as Error).message === 'bad port';
}

describe('URLs of HTTP', () => {
  it('have no port that fetch refuses', async () => {
    const ports = Array.from({ length: HIGHEST_PORT + 1 }, (_, port) => port);
    const listed = ports.filter(isRefusedByFetch);
    expect(listed).toEqual(expect.arrayContaining([25, 5060, 5061, 6000, 10_080]));
    for (const port of [...ports.slice(0, 1024), ...listed, 5070, 5071, 8080, 8443])
      expect([port, isRefusedByFetch(port)]).toEqual([port, await fetchRefuses(port)]);
  });

  it.each<[string, object]>([
    ['channels[0].webhook', { channels: [{ ...channel, webhook: 'http://127.0.0.1:6000/events' }] }],
    ['channels[0].connector.url', { channels: [{ ...channel, connector: { url: 'https://bot.example:5061/' } }] }],
    [
      'channels[0].connector.allowOrigins[0]',
      { channels: [{ ...channel, connector: { url: 'http://b.example/', allowOrigins: ['http://c.example:25'] } }] },
    ],
    ['records.push.url', { records: { push: { url: 'http://[::1]:5060' } } }],
    ['api.publicUrl', { api: { publicUrl: 'http://calls.example:6667/' } }],
  ])('are refused with one: %s', (path, content) =>
    expect(placelessFaultsOf(content)).toEqual([`${path}: has ${OTHER_PROTOCOLS}`])
  );

  it('are refused with one that is the API’s, unless it is told to bots as another', () => {
    expect(placelessFaultsOf({ api: { port: 6000 } })).toEqual([`api.port: 6000 is ${OTHER_PROTOCOLS}`]);
    expect(load({ api: { port: 6000, publicUrl: 'https://calls.example' } }, ENV).api.port).toBe(6000);
  });

  it('are refused when they are none', () =>
    expect(
      placelessFaultsOf({ channels: [{ ...channel, connector: { url: 'http://b.example/', allowOrigins: ['bot'] } }] })
    ).toEqual([expect.stringMatching(/^channels\[0\]\.connector\.allowOrigins\[0\]: must be an http: or https: URL/)]));
});
