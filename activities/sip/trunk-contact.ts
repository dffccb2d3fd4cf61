/**
 * The Contact that a trunk registers and calls with: its login, and a parameter that names it, so that the request-URI of a call to it names
 * the trunk even when all trunks share one source. The SIP server puts its address in the place of `localhost`.
 */
export function trunkContact({ id, login }: { id: string; login: string }): string {
  return `<sip:${login}@localhost;trunk=${id}>`;
}

/** @returns the trunk that the `trunk` parameter of a request-URI names */
export function trunkParameter(uri: string): string | undefined {
  return /^sips?:[^?]*;trunk=([^;?>]+)/i.exec(uri)?.[1];
}
