'use strict';
// A bot of the Microsoft Bot Framework: parameters stand in `channelData`, and the end of the call is an `endOfConversation`.
// While `npm start` runs: npm run example -- bot-framework

const { listen, targets } = require('./http-bot');

listen(5081, ({ name, value }) => {
  if (name === 'start') return transferTo(targets[0]);
  if (name === 'transferStatus' && value.status === 'failed') return transferTo(targets[1]);
  return undefined;
});

function transferTo(transferTarget) {
  const activityParams = { transferTarget, transferNotifications: true };
  return { type: 'event', name: 'transfer', channelData: { activityParams } };
}
