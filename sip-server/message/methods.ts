/** The methods that RFCs define; the server understands them even when no client takes them. */
const definedMethods = new Set(
  'ACK BYE CANCEL INFO INVITE MESSAGE NOTIFY OPTIONS PRACK PUBLISH REFER REGISTER SUBSCRIBE UPDATE'.split(' ')
);

/** What the server takes whatever its clients want. */
const serverMethods = ['ACK', 'BYE', 'CANCEL', 'OPTIONS'];

export function isDefinedMethod(method: string): boolean {
  return definedMethods.has(method);
}

/** How a request is refused whose method is not among those that clients take (RFC 3261 sections 8.2.1 and 21.5.2). */
export function methodRefusal(method: string, taken: Iterable<string>): { status: 405 | 501; allow: string } {
  const allow = [...new Set([...serverMethods, ...taken])].sort().join(', ');
  return { status: definedMethods.has(method) ? 405 : 501, allow };
}
