'use strict';
// What Microsoft Copilot Studio says at "Transfer to agent". The message to the agent is JSON with the parameters.
// While `npm start` runs: npm run example -- copilot-studio

const { listen, targets } = require('./http-bot');

listen(5082, ({ name, value }) => {
  if (name === 'start') return transferToAgent(targets[0]);
  if (name === 'transferStatus' && value.status === 'failed') return transferToAgent(targets[1]);
  return undefined;
});

function transferToAgent(transferTarget) {
  const message = { activityParams: { transferTarget, transferNotifications: true } };
  return { type: 'event', name: 'handoff.initiate', value: { va_AgentMessage: JSON.stringify(message) } };
}
