import { parseHostPort } from './message/host-port';
import type { HostPort } from './message/host-port';

/** Parses `<host>[:<port>]` where port 0 means any free one; a URI has no such port. */
export function parseBindAddress(text: string): HostPort | undefined {
  const host = text.endsWith(':0') ? parseHostPort(text.slice(0, -2))?.host : undefined;
  return host === undefined ? parseHostPort(text) : { host, port: 0 };
}
