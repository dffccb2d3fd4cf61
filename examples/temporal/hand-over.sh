#!/bin/sh
# A bot that reaches its call by the Temporal CLI: an update answers what became of the activities, a signal does not.
#
#   TEMPORAL_ADDRESS=127.0.0.1:7233 examples/temporal/hand-over.sh <callId> sip:agent@127.0.0.1:5074
set -eu
call="call-$1"

temporal workflow signal --workflow-id "$call" --name activitiesSent \
  --input '{"type": "message", "text": "One moment, please."}'

temporal workflow update execute --workflow-id "$call" --name sendActivities --input "{
  \"type\": \"event\", \"name\": \"transfer\", \"id\": \"my-transfer-1\",
  \"activityParams\": {\"transferTarget\": \"$2\", \"transferNotifications\": true}
}"

temporal workflow query --workflow-id "$call" --type callState
