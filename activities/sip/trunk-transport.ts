/** @returns the `sip:` URI with the transport it is reached by, unless it names one; UDP, the default, goes without saying */
export function withTransport(uri: string, transport: string = 'udp'): string {
  return transport === 'udp' || /;transport=/i.test(uri) ? uri : `${uri};transport=${transport}`;
}
