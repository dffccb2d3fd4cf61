'use strict';
// A bot on SIP alone: it answers with drachtio-srf, asks for transfers by REFER and hears by NOTIFY how they go.
// While `npm start` runs: npm run example -- sip

const { spawn } = require('node:child_process');
const path = require('node:path');
const Srf = require('drachtio-srf');
const { targets } = require('./http-bot');

const { PORT = '5087', ADMIN_PORT = '5088' } = process.env;
const secret = 'example';
const host = '127.0.0.1';
const localSdp = `v=0\r\no=- 1 1 IN IP4 ${host}\r\ns=-\r\nc=IN IP4 ${host}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n`;

const srf = new Srf();
srf.invite(async (request, response) => {
  const call = await srf.createUAS(request, response, { localSdp });
  call.on('notify', async ({ body }, answer) => {
    answer.send(200);
    console.log('heard', body.trim());
    if (/^SIP\/2\.0 [3-6]/.test(body)) await refer(call, targets[1]);
  });
  call.on('destroy', () => console.log('heard BYE'));
  await refer(call, targets[0]);
});

async function refer(call, target) {
  console.log('said  REFER', target);
  await call.request({ method: 'REFER', headers: { 'Refer-To': `<${target}>` } });
}

// Any SIP server with the drachtio protocol will do; this one is ours.
const server = path.join(__dirname, '../../dist/sip-server/main.js');
const options = ['--listen', `udp:${host}:${PORT}`, '--admin', `${host}:${ADMIN_PORT}`, '--control', 'off'];
const sipServer = spawn(process.execPath, [server, ...options, '--log-level', 'error'], {
  env: { ...process.env, DRACHTIO_SECRET: secret },
  stdio: ['ignore', 'pipe', 'inherit'],
});
process.on('exit', () => sipServer.kill());
process.on('SIGTERM', () => process.exit());
sipServer.stdout.once('data', () => srf.connect({ host, port: Number(ADMIN_PORT), secret }));
srf.on('connect', (error) => console.log(error ?? 'listening'));
