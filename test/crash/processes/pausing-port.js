'use strict';

const path = require('node:path');

const DIST = path.join(__dirname, '../../../dist');
const { DrachtioPort } = require(path.join(DIST, 'activities/sip/drachtio'));
const { parseLegTag } = require(path.join(DIST, 'contracts/ids'));

/**
 * Where a test wants this process to stop, as `<point> <key>`; the key is a call id, or the caller's number before there is one. Messages in:
 * `{ pause: name }`, answered by `{ armed: name }`, and `{ goOn: true }` for all that is held. Messages out: `{ at: name }`.
 */
const wanted = new Set();
let held = [];

process.on('message', ({ pause, goOn }) => {
  if (pause !== undefined) {
    wanted.add(pause);
    process.send({ armed: pause });
  }
  if (goOn) {
    for (const release of held) release();
    held = [];
  }
});

/** Undefined where nobody wants it to stop, so that nothing is put off. */
function stopAt(point, key) {
  const name = `${point} ${key}`;
  if (!wanted.delete(name)) return undefined;
  return new Promise((resolve) => {
    held.push(resolve);
    process.send({ at: name });
  });
}

/** The product's port to the SIP server, with the places where it can be stopped. */
exports.PausingPort = class PausingPort extends DrachtioPort {
  onRequest({ inDialog, invite }) {
    super.onRequest({
      inDialog: (request) => inDialog(stoppedBeforeAnswer(request)),
      invite: (request) => {
        const go = () => invite(stoppedBeforeAnswer(request));
        const stop = stopAt('INVITE taken', request.from.user);
        if (stop) void stop.then(go);
        else go();
      },
    });
  }

  async send(request) {
    const [callId, kind] = (request.effectId ?? '').split('/');
    await stopAt(`${kind} unsent`, callId);
    const sending = await super.send(request);
    if (sending.kind !== 'sent') return sending;
    const next = sending.next.bind(sending);
    sending.next = async (withinMs) => {
      const answer = await next(withinMs);
      if (answer.kind === 'response' && answer.status >= 200) await stopAt(`${kind} answered`, callId);
      return answer;
    };
    return sending;
  }
};

function stoppedBeforeAnswer(request) {
  const respond = async (answer) => {
    const callId = parseLegTag(request.toTag ?? answer.toTag ?? '')?.callId;
    await stopAt(`${request.method} unanswered`, callId);
    return request.respond(answer);
  };
  return { ...request, respond };
}
