/**
 * The Contact that a trunk registers and calls with: its login, and a parameter that names it, so that the request-URI of a call to it names
 * the trunk even when all trunks share one source. The SIP server puts its address in the place of `localhost`.
 */
export function trunkContact({ id, login }: { id: string; login: string }): string {
  return `<sip:${sipUser(login)}@localhost;trunk=${id}>`;
}

/** @returns a name as the user part of a `sip:` URI: what may stand there as it is does so (RFC 3261 section 25.1, `user`) */
export function sipUser(name: string): string {
  return encodeURIComponent(name).replace(/%(?:2B|26|3D|24|2F)/g, decodeURIComponent);
}

/** @returns the trunk that the `trunk` parameter of a request-URI names */
export function trunkParameter(uri: string): string | undefined {
  return /^sips?:[^?]*;trunk=([^;?>]+)/i.exec(uri)?.[1];
}
