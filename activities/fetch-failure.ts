/** Of a refused connection `fetch` tells in its error's cause; when several addresses were tried, that has a code and no message. */
export function causeText(err: unknown): string {
  const { cause, message = String(err) } = err as { cause?: { message?: string; code?: string }; message?: string };
  if (cause?.message === 'bad port')
    return 'fetch takes no URL with this port (WHATWG Fetch, port blocking): choose another';
  return [cause?.message, cause?.code, message].find((text) => text !== undefined && text !== '') ?? message;
}
