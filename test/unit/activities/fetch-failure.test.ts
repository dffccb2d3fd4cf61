import { describe, expect, it } from '@jest/globals';
import { causeText } from '../../../activities/fetch-failure';
import { freePort } from '../../support/free-port';

const failureOf = (url: string): Promise<unknown> => fetch(url).catch((error: unknown) => error);

describe('why a request had no answer', () => {
  it('is what the connection says', async () =>
    expect(causeText(await failureOf(`http://127.0.0.1:${await freePort()}/`))).toContain('ECONNREFUSED'));

  it('tells of a port that fetch never calls', async () =>
    expect(causeText(await failureOf('http://127.0.0.1:5060/'))).toContain('choose another'));
});
