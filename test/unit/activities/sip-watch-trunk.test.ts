import { describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { PeerResponse, SentRequest, SipPort } from '../../../activities/sip/port';
import { watchTrunk } from '../../../activities/sip/watch-trunk';
import type { WatchTrunkInput, WatchTrunkResult } from '../../../contracts/activities-trunk';

const HOSTS = ['sip:a', 'sip:b'];

/** What each round of OPTIONS gets, per host; the last round repeats. */
async function watched(
  reach: WatchTrunkInput['reach'],
  rounds: number[][]
): Promise<{ seen: WatchTrunkResult; asked: number }> {
  let asked = 0;
  let round = -1;
  const port = {
    send: ({ uri = '' }) => {
      asked++;
      const place = HOSTS.indexOf(uri);
      if (place === 0) round++;
      const status = rounds[Math.min(round, rounds.length - 1)]?.[place] ?? 408;
      const response = { kind: 'response', status, reason: 'R' } as PeerResponse;
      return Promise.resolve({ kind: 'sent', next: () => Promise.resolve(response) } as Partial<SentRequest>);
    },
  } as unknown as SipPort;
  const input: WatchTrunkInput = {
    ...{ trunk: 't', login: '1', domain: 'd', targets: HOSTS, intervalMs: 1, reach },
  };
  const seen = await new MockActivityEnvironment().run<[], WatchTrunkResult, () => Promise<WatchTrunkResult>>(() =>
    watchTrunk(port, input)
  );
  return { seen, asked };
}

describe('watching a trunk', () => {
  it('tells what is worse when it shows twice, one after the other', async () => {
    expect(await watched('up', [[503, 408], [200], [503, 200], [503, 200]])).toMatchObject({
      seen: { reach: 'degraded' },
      asked: 2 + 1 + 2 + 2,
    });
    expect(
      await watched('degraded', [
        [408, 408],
        [503, 503],
      ])
    ).toMatchObject({ seen: { reach: 'down' }, asked: 4 });
  });

  it('tells what is better at once', async () => {
    expect(await watched('down', [[408, 404]])).toMatchObject({ seen: { reach: 'degraded' }, asked: 2 });
    expect(await watched('degraded', [[405]])).toMatchObject({ seen: { reach: 'up' }, asked: 1 });
  });
});
