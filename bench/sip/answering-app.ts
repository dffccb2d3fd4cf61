/** A drachtio-srf application in a process of its own that answers every call. Arguments: host, port and secret of the server. */
import Srf from 'drachtio-srf';

const sdp = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', 'm=audio 40000 RTP/AVP 8', ''];

const [host = '', port = '', secret = ''] = process.argv.slice(2);
const srf = new Srf();
void srf.connect({ host, port: Number(port), secret });
// The addresses of the server are what the benchmark dials.
srf.on('connect', (error: Error | null, addresses: string) => {
  console.log(error === null ? `ready ${addresses}` : `failed ${error.message}`);
});
srf.on('error', (error: Error) => console.log(`failed ${error.message}`));
srf.invite((req, res) => {
  srf.createUAS(req, res, { localSdp: sdp.join('\r\n') }).catch(() => undefined);
});
