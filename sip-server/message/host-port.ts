/** `host` of RFC 3261 section 25.1 with its port; an IPv6 address keeps its brackets. */
export interface HostPort {
  host: string;
  port?: number;
}

/** Parses `host`, `host:port`, `[v6]` or `[v6]:port`; undefined when it is none of them or the port is not in 1 to 65535. */
export function parseHostPort(text: string): HostPort | undefined {
  const trimmed = text.trim();
  const hostEnd = trimmed.startsWith('[') ? trimmed.indexOf(']') + 1 : trimmed.indexOf(':');
  const host = (hostEnd < 0 ? trimmed : trimmed.slice(0, hostEnd)).trim();
  if (!/^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)$/.test(host)) return undefined;
  const rest = hostEnd < 0 ? '' : trimmed.slice(hostEnd).trim();
  if (rest === '') return { host };
  const digits = rest.startsWith(':') ? rest.slice(1).trim() : '';
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  return port >= 1 && port <= 65535 ? { host, port } : undefined;
}

export function formatHostPort({ host, port }: HostPort): string {
  return port === undefined ? host : `${host}:${port}`;
}

/** An IP address as it stands in a URI or Via: IPv6 in brackets. */
export function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}

/** An IP address as sockets take it: without brackets. */
export function unbracketed(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
