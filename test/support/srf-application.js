'use strict';

/**
 * A drachtio-srf application as a process of its own: `node srf-application.js <admin port> <secret> <name> [ping interval in ms]`.
 * It answers calls with its name as To tag; one to the user `slow` is left ringing for a second first. Each line on standard output is
 * a JSON array: what happened, and a detail of it.
 */
const Srf = require('drachtio-srf');

const [port, secret, name, pingInterval] = process.argv.slice(2);
const tell = (...event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const localSdp = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 8\r\n';

const srf = new Srf();
srf.connect({ host: '127.0.0.1', port: Number(port), secret, enablePing: pingInterval !== undefined });
// drachtio-srf itself takes no interval below 5 s.
if (pingInterval !== undefined) srf.app.client.wp.pingInterval = Number(pingInterval);
let pings = 0;
srf.app.client.wp.on('ping', () => ++pings === 2 && tell('pinging'));
srf.on('connect', () => tell('connected'));
srf.on('error', () => undefined);
srf.invite(async (req, res) => {
  tell('invite', req.get('Call-ID'));
  if (req.calledNumber === 'slow') {
    res.send(180, { headers: { to: `<${req.uri}>;tag=${name}` } });
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  try {
    const dialog = await srf.createUAS(req, res, { localSdp, headers: { to: `<${req.uri}>;tag=${name}` } });
    dialog.on('ack', () => tell('ack', req.get('Call-ID')));
    tell('answered', req.get('Call-ID'));
  } catch (error) {
    tell('refused', String(error));
  }
});
