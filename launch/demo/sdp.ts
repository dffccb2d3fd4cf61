/** A session description that offers or accepts audio which is never sent: the demonstration is about signalling. */
export function audioSdp(host: string, port: number, version = 1): string {
  return [
    'v=0',
    `o=demo ${port} ${version} IN IP4 ${host}`,
    's=-',
    `c=IN IP4 ${host}`,
    't=0 0',
    `m=audio ${port + 1000} RTP/AVP 0 101`,
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=sendrecv',
    '',
  ].join('\r\n');
}
