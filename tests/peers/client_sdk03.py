"""A client of a2a-sdk 0.3 does what clients do.

Arguments: the URL of the server, the version, and the texts that ask its agent for acts, as JSON.
Writes what came of it as one JSON object. Runs in an environment of its own, see `make peers`.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable
from typing import Any
from uuid import uuid4

import httpx
from a2a.client import A2ACardResolver, Client, ClientConfig, ClientFactory
from a2a.client.errors import A2AClientJSONRPCError
from a2a.types import (
    FilePart,
    FileWithUri,
    Message,
    Part,
    PushNotificationConfig,
    Role,
    Task,
    TaskArtifactUpdateEvent,
    TaskIdParams,
    TaskPushNotificationConfig,
    TaskQueryParams,
    TextPart,
)
from a2a.utils import get_message_text
from a2a.utils.artifact import get_artifact_text

STREAM_URI = "urn:a2a-agent:stream:v1"


def short(event: Any) -> list[Any]:
    """What an event says, in short."""
    if isinstance(event, Message):
        return ["message", get_message_text(event)]
    task, update = event
    if update is None:
        return ["task", task.status.state.value]
    if isinstance(update, TaskArtifactUpdateEvent):
        text = get_artifact_text(update.artifact)
        return ["artifact", text, update.append, update.last_chunk]
    return ["status", update.status.state.value]


def told(task: Task) -> list[Any]:
    """What a task says, in short."""
    artifacts = task.artifacts or []
    return [task.status.state.value, [get_artifact_text(artifact) for artifact in artifacts]]


def asking(text: str, *more_parts: Part, **more: Any) -> Message:
    """A message with its own id."""
    parts = [Part(root=TextPart(text=text)), *more_parts]
    return Message(message_id=str(uuid4()), role=Role.user, parts=parts, **more)


async def only(events: AsyncIterator[Any]) -> Any:
    """The one task or message there is."""
    (event,) = [event async for event in events]
    return event if isinstance(event, Message) else event[0]


async def failure(call: Awaitable[Any] | AsyncIterator[Any]) -> int | str:
    """The code of the error that a call is answered with: the SDK has one exception for all."""
    try:
        if isinstance(call, AsyncIterator):
            async for _ in call:
                pass
        else:
            await call
    except A2AClientJSONRPCError as error:
        return error.error.code
    except Exception as error:
        return type(error).__name__
    return "nothing was raised"


async def converse(plain: Client, streaming: Client, acts: dict[str, str]) -> dict[str, Any]:
    """What came of sending, asking, answering and repeating."""
    message = asking("Hello")
    sent = await only(plain.send_message(message))
    repeated = await only(plain.send_message(message))
    asked = await only(plain.send_message(asking(acts["asks"])))
    answer = asking("This", task_id=asked.id, context_id=asked.context_id)
    answered = [short(e) async for e in streaming.send_message(answer)]
    reply = await only(plain.send_message(asking(acts["replies"])))
    return {
        "sent": told(sent),
        "repeated": repeated == sent,
        "streamed": [short(e) async for e in streaming.send_message(asking(acts["works"]))],
        "replied": get_message_text(reply),
        "replied in a stream": [
            short(e) async for e in streaming.send_message(asking(acts["replies"]))
        ],
        "got": (await plain.get_task(TaskQueryParams(id=sent.id))) == sent,
        "history": [
            len((await plain.get_task(TaskQueryParams(id=sent.id, history_length=n))).history or [])
            for n in (0, 1)
        ],
        "asked": [asked.status.state.value, get_message_text(asked.status.message)],
        "answered": answered,
    }


async def leave_and_return(streaming: Client, acts: dict[str, str]) -> dict[str, Any]:
    """What came of a stream that was left, taken up again and ended by a cancel."""
    first: list[Any] = []
    stream = streaming.send_message(asking(acts["waits"]))
    async for event in stream:
        first.append(short(event))
        task_id = event[0].id
        if len(first) == 3:
            break
    await stream.aclose()
    again: list[Any] = []
    canceled = None
    async for event in streaming.resubscribe(TaskIdParams(id=task_id)):
        again.append(short(event))
        canceled = canceled or await streaming.cancel_task(TaskIdParams(id=task_id))
    return {"left": first, "returned": again, "canceled": told(canceled)}


async def refusals(plain: Client, streaming: Client) -> dict[str, int | str]:
    """The errors for what is refused."""
    ended = (await only(plain.send_message(asking("Hello")))).id
    file = FileWithUri(uri="https://example.org/i", mime_type="image/png")
    image = asking("x", Part(root=FilePart(file=file)))
    unknown = "unknown"
    push = TaskPushNotificationConfig(
        task_id=ended,
        push_notification_config=PushNotificationConfig(url="https://example.org/hook"),
    )
    too_short = TaskQueryParams(id=ended, history_length=-1)
    return {
        "get unknown": await failure(plain.get_task(TaskQueryParams(id=unknown))),
        "get too little": await failure(plain.get_task(too_short)),
        "cancel unknown": await failure(plain.cancel_task(TaskIdParams(id=unknown))),
        "cancel ended": await failure(plain.cancel_task(TaskIdParams(id=ended))),
        "send to unknown": await failure(plain.send_message(asking("x", task_id=unknown))),
        "stream to unknown": await failure(streaming.send_message(asking("x", task_id=unknown))),
        "stream to ended": await failure(streaming.send_message(asking("x", task_id=ended))),
        "subscribe to ended": await failure(streaming.resubscribe(TaskIdParams(id=ended))),
        "send an image": await failure(plain.send_message(image)),
        "push": await failure(plain.set_task_callback(push)),
    }


async def quiet(streaming: Client, acts: dict[str, str]) -> list[Any]:
    """The frames of a stream in mode `output`."""
    metadata = {STREAM_URI: {"mode": "output", "coalesceMs": 10}}
    events = streaming.send_message(
        asking(acts["works"]), request_metadata=metadata, extensions=[STREAM_URI]
    )
    return [short(event) async for event in events]


async def main(url: str, version: str, acts: dict[str, str]) -> dict[str, Any]:
    """What the client has to say."""
    async with httpx.AsyncClient(timeout=20, trust_env=False) as http:
        card = await A2ACardResolver(http, url).get_agent_card()
        plain = ClientFactory(ClientConfig(httpx_client=http, streaming=False)).create(card)
        streaming = ClientFactory(ClientConfig(httpx_client=http)).create(card)
        return {
            "card": {
                "name": card.name,
                "streaming": card.capabilities.streaming,
                "interfaces": [[card.preferred_transport, version]],
            },
            **await converse(plain, streaming, acts),
            **await leave_and_return(streaming, acts),
            "listed": "NotImplementedError",
            "quiet": await quiet(streaming, acts),
            "refused": await refusals(plain, streaming),
        }


if __name__ == "__main__":
    url, version, acts = sys.argv[1:]
    json.dump(asyncio.run(main(url, version, json.loads(acts))), sys.stdout)
