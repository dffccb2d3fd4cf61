import type { PeerResponse } from './port';

/** @returns the number that a header field of a response begins with, such as that of `Retry-After: 5 (busy)`; undefined without one */
export function numberField(response: PeerResponse, name: string): number | undefined {
  const number = Number.parseInt(response.header(name) ?? '', 10);
  return Number.isNaN(number) ? undefined : number;
}
