'use strict';
// What a Dialogflow CX agent answers to detectIntent: first a live agent handoff, then a custom payload.
// While `npm start` runs: npm run example -- dialogflow-cx

const { listen, targets } = require('./http-bot');

listen(5084, ({ queryInput: { event } }) => {
  if (event?.name === 'start') return agentSays({ liveAgentHandoff: { metadata: paramsFor(targets[0]) } });
  if (event?.name === 'transferStatus' && event.parameters.status === 'failed')
    return agentSays({ payload: { activities: [{ type: 'event', name: 'transfer', ...paramsFor(targets[1]) }] } });
  return undefined;
});

function agentSays(message) {
  return { queryResult: { responseMessages: [{ text: { text: ['One moment.'] } }, message] } };
}

function paramsFor(transferTarget) {
  return { activityParams: { transferTarget, transferNotifications: true } };
}
