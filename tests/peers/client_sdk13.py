"""A client of a2a-sdk 1.3, over its transport of 1.0 or of 0.3, does what clients do.

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
from a2a.client import A2ACardResolver, Client, ClientCallContext, ClientConfig, ClientFactory
from a2a.helpers.proto_helpers import get_artifact_text, get_message_text, new_text_message
from a2a.types import (
    CancelTaskRequest,
    GetTaskRequest,
    ListTasksRequest,
    Part,
    Role,
    SendMessageRequest,
    StreamResponse,
    SubscribeToTaskRequest,
    Task,
    TaskPushNotificationConfig,
    TaskState,
)

STREAM_URI = "urn:a2a-agent:stream:v1"


def state(value: Any) -> str:
    """The state by its name in 0.3."""
    name = TaskState.Name(value.status.state)
    return name.removeprefix("TASK_STATE_").lower().replace("_", "-")


def short(response: StreamResponse) -> list[Any]:
    """What a frame says, in short."""
    kind = response.WhichOneof("payload")
    frame = getattr(response, kind)
    if kind == "task":
        return ["task", state(frame)]
    if kind == "message":
        return ["message", get_message_text(frame)]
    if kind == "status_update":
        return ["status", state(frame)]
    return ["artifact", get_artifact_text(frame.artifact), frame.append, frame.last_chunk]


def told(task: Task) -> list[Any]:
    """What a task says, in short."""
    return [state(task), [get_artifact_text(artifact) for artifact in task.artifacts]]


def asking(text: str, **more: Any) -> SendMessageRequest:
    """A message with its own id."""
    message = new_text_message(text, role=Role.ROLE_USER, **more)
    return SendMessageRequest(message=message)


async def only(responses: AsyncIterator[StreamResponse]) -> StreamResponse:
    """The one response there is."""
    (response,) = [response async for response in responses]
    return response


async def failure(call: Awaitable[Any] | AsyncIterator[Any]) -> str:
    """The name of the exception that a call raises."""
    try:
        if isinstance(call, AsyncIterator):
            async for _ in call:
                pass
        else:
            await call
    except Exception as error:
        return type(error).__name__
    return "nothing was raised"


async def converse(plain: Client, streaming: Client, acts: dict[str, str]) -> dict[str, Any]:
    """What came of sending, asking, answering and repeating."""
    request = asking("Hello")
    sent = (await only(plain.send_message(request))).task
    repeated = (await only(plain.send_message(request))).task
    asked = (await only(plain.send_message(asking(acts["asks"])))).task
    answer = asking("This", task_id=asked.id, context_id=asked.context_id)
    answered = [short(r) async for r in streaming.send_message(answer)]
    reply = (await only(plain.send_message(asking(acts["replies"])))).message
    return {
        "sent": told(sent),
        "repeated": repeated == sent,
        "streamed": [short(r) async for r in streaming.send_message(asking(acts["works"]))],
        "replied": get_message_text(reply),
        "replied in a stream": [
            short(r) async for r in streaming.send_message(asking(acts["replies"]))
        ],
        "got": (await plain.get_task(GetTaskRequest(id=sent.id))) == sent,
        "history": [
            len((await plain.get_task(GetTaskRequest(id=sent.id, history_length=n))).history)
            for n in (0, 1)
        ],
        "asked": [state(asked), get_message_text(asked.status.message)],
        "answered": answered,
    }


async def leave_and_return(streaming: Client, acts: dict[str, str]) -> dict[str, Any]:
    """What came of a stream that was left, taken up again and ended by a cancel."""
    first: list[Any] = []
    stream = streaming.send_message(asking(acts["waits"]))
    async for response in stream:
        first.append(short(response))
        if response.HasField("task"):
            task_id = response.task.id
        if len(first) == 3:
            break
    await stream.aclose()
    again: list[Any] = []
    async for response in streaming.subscribe(SubscribeToTaskRequest(id=task_id)):
        again.append(short(response))
        if response.HasField("task"):
            canceled = await streaming.cancel_task(CancelTaskRequest(id=task_id))
    return {"left": first, "returned": again, "canceled": told(canceled)}


async def refusals(plain: Client, streaming: Client) -> dict[str, str]:
    """The exceptions for what is refused."""
    ended = (await only(plain.send_message(asking("Hello")))).task.id
    image = asking("x")
    image.message.parts.append(Part(url="https://example.org/i", media_type="image/png"))
    unknown = "unknown"
    push = TaskPushNotificationConfig(task_id=ended, id="1", url="https://example.org/hook")
    too_short = GetTaskRequest(id=ended, history_length=-1)
    return {
        "get unknown": await failure(plain.get_task(GetTaskRequest(id=unknown))),
        "get too little": await failure(plain.get_task(too_short)),
        "cancel unknown": await failure(plain.cancel_task(CancelTaskRequest(id=unknown))),
        "cancel ended": await failure(plain.cancel_task(CancelTaskRequest(id=ended))),
        "send to unknown": await failure(plain.send_message(asking("x", task_id=unknown))),
        "stream to unknown": await failure(streaming.send_message(asking("x", task_id=unknown))),
        "stream to ended": await failure(streaming.send_message(asking("x", task_id=ended))),
        "subscribe to ended": await failure(streaming.subscribe(SubscribeToTaskRequest(id=ended))),
        "send an image": await failure(plain.send_message(image)),
        "push": await failure(plain.create_task_push_notification_config(push)),
    }


async def listing(plain: Client) -> Any:
    """The sizes of two pages of the tasks in a context, and how many there are."""
    context_id = str(uuid4())
    for _ in range(3):
        await only(plain.send_message(asking("Hello", context_id=context_id)))
    try:
        request = ListTasksRequest(context_id=context_id, page_size=2)
        first = await plain.list_tasks(request)
        request.page_token = first.next_page_token
        last = await plain.list_tasks(request)
    except NotImplementedError as error:
        return type(error).__name__
    return [len(first.tasks), len(last.tasks), last.next_page_token, first.total_size]


async def quiet(streaming: Client, acts: dict[str, str]) -> list[Any]:
    """The frames of a stream in mode `output`."""
    request = asking(acts["works"])
    request.metadata.update({STREAM_URI: {"mode": "output", "coalesceMs": 10}})
    context = ClientCallContext(service_parameters={"A2A-Extensions": STREAM_URI})
    return [short(r) async for r in streaming.send_message(request, context=context)]


async def main(url: str, version: str, acts: dict[str, str]) -> dict[str, Any]:
    """What the client has to say."""
    async with httpx.AsyncClient(timeout=20, trust_env=False) as http:
        card = await A2ACardResolver(http, url).get_agent_card()
        kept = [one for one in card.supported_interfaces if one.protocol_version == version]
        described = {
            "name": card.name,
            "streaming": card.capabilities.streaming,
            "interfaces": [[i.protocol_binding, i.protocol_version] for i in kept],
        }
        del card.supported_interfaces[:]
        card.supported_interfaces.extend(kept)
        plain = ClientFactory(ClientConfig(httpx_client=http, streaming=False)).create(card)
        streaming = ClientFactory(ClientConfig(httpx_client=http)).create(card)
        return {
            "card": described,
            **await converse(plain, streaming, acts),
            **await leave_and_return(streaming, acts),
            "listed": await listing(plain),
            "quiet": await quiet(streaming, acts),
            "refused": await refusals(plain, streaming),
        }


if __name__ == "__main__":
    url, version, acts = sys.argv[1:]
    json.dump(asyncio.run(main(url, version, json.loads(acts))), sys.stdout)
