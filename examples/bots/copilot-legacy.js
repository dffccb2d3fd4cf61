'use strict';
// A legacy bot of Copilot Studio. Its private message to the agent is JSON, or prose: that is the reason of a handover to the target that the
// channel presets.
// While `npm start` runs: npm run example -- copilot-legacy

const { listen, targets } = require('./http-bot');

listen(5083, ({ name, value }) => {
  if (name === 'start') return transferToAgent(JSON.stringify({ activityParams: { transferTarget: targets[0] } }));
  if (name === 'transferStatus' && value.status === 'failed') return transferToAgent('The caller wants a person.');
  return undefined;
});

function transferToAgent(privateMessage) {
  return { type: 'event', name: 'handoff.initiate', value: { va_AgentMessage: privateMessage } };
}
