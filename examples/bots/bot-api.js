'use strict';
// A bot that speaks the AudioCodes Bot API. Events come in lists, and so do its answers.
// While `npm start` runs: npm run example -- bot-api

const { listen, targets } = require('./http-bot');

listen(5080, ({ activities }) => ({ activities: activities.flatMap(reply) }));

function reply({ name, value }) {
  if (name === 'start') return transferTo(targets[0]);
  if (name === 'transferStatus' && value.status === 'failed') return transferTo(targets[1]);
  return [];
}

function transferTo(transferTarget) {
  return [{ type: 'event', name: 'transfer', activityParams: { transferTarget, transferNotifications: true } }];
}
