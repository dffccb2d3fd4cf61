"""A bot that reaches its call through Temporal, in Python: an update answers what became of the activities, a signal does not.

    pip install temporalio
    TEMPORAL_ADDRESS=127.0.0.1:7233 python examples/temporal/hand_over.py <callId> sip:agent@127.0.0.1:5074
"""

import asyncio
import os
import sys

from temporalio.client import Client


async def hand_over(call_id: str, target: str) -> None:
    client = await Client.connect(os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233"))
    call = client.get_workflow_handle(f"call-{call_id}")

    await call.signal("activitiesSent", {"type": "message", "text": "One moment, please."})

    params = {"transferTarget": target, "transferNotifications": True}
    transfer = {"type": "event", "name": "transfer", "id": "my-transfer-1", "activityParams": params}
    print(await call.execute_update("sendActivities", transfer))

    state = await call.query("callState")
    print(state["phase"])


asyncio.run(hand_over(*sys.argv[1:3]))
