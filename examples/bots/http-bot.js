'use strict';
// What the examples share: an HTTP server that hears the events of a call and answers them, and shows both.

const http = require('node:http');

/** Where to hand callers over to: `npm start` has a target that is busy and one that answers. */
exports.targets = (process.env.TARGETS ?? 'sip:busy@127.0.0.1:5073,sip:agent@127.0.0.1:5074').split(',');

/** @param {(heard: any) => unknown} answer what the bot says to an event; nothing: it has nothing to say */
exports.listen = (port, answer) => {
  const server = http.createServer(async (request, response) => {
    const chunks = await request.toArray();
    const heard = JSON.parse(Buffer.concat(chunks).toString());
    const said = answer(heard);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(said ?? {}));
    console.log('heard', JSON.stringify(heard));
    if (said !== undefined) console.log('said ', JSON.stringify(said));
  });
  server.listen(process.env.PORT ?? port, '127.0.0.1', () => console.log('listening'));
};
