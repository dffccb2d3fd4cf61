import type { SipHeaderField } from '../../contracts/transfer';

/** Header fields as drachtio-srf takes them. Repeated ones become one, joined by commas (RFC 3261 section 7.3.1); names compare without case. */
export function headerFields(headers: readonly SipHeaderField[]): Record<string, string> {
  const fields = new Map<string, SipHeaderField>();
  for (const { name, value } of headers) {
    const key = name.toLowerCase();
    const first = fields.get(key);
    fields.set(key, first ? { name: first.name, value: `${first.value}, ${value}` } : { name, value });
  }
  return Object.fromEntries([...fields.values()].map(({ name, value }) => [name, value]));
}
