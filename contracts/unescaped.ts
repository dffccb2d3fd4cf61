/** @returns a part of a URI without its escapes (RFC 3986 section 2.1); as it is when they are not of UTF-8 */
export function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
