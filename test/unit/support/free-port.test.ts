import { expect, it } from '@jest/globals';
import { freePort } from '../../support/free-port';

it('gives no port twice', async () => {
  const ports = await Promise.all(Array.from({ length: 400 }, () => freePort()));
  expect(new Set(ports).size).toBe(ports.length);
});
