'use strict';
// A JAICP script: the reply `switch` hands over. With `continueCall` it hears of the outcome as the event `transfer`.
// While `npm start` runs: npm run example -- jaicp

const { listen, targets } = require('./http-bot');

listen(5086, ({ query, event, data }) => {
  if (query === '/start') return switchTo(targets[0]);
  if (event === 'transfer' && data.status === 'FAIL') return switchTo(targets[1]);
  return undefined;
});

function switchTo(sipUri) {
  return { data: { replies: [{ type: 'switch', sipUri, timeout: '25', continueCall: true, firstMessage: '' }] } };
}
