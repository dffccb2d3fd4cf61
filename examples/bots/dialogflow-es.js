'use strict';
// What a Dialogflow ES agent answers to detectIntent: a custom payload with the activities.
// While `npm start` runs: npm run example -- dialogflow-es

const { listen, targets } = require('./http-bot');

listen(5085, ({ queryInput: { event } }) => {
  if (event?.name === 'start') return transferTo(targets[0]);
  if (event?.name === 'transferStatus' && event.parameters.status === 'failed') return transferTo(targets[1]);
  return undefined;
});

function transferTo(transferTarget) {
  const activityParams = { transferTarget, transferNotifications: true };
  const payload = { activities: [{ type: 'event', name: 'transfer', activityParams }] };
  return { queryResult: { fulfillmentMessages: [{ payload }] } };
}
