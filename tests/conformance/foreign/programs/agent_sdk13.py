"""An agent of a2a-sdk 1.3, in 1.0 and, through the SDK's compatibility, in 0.3."""

import asyncio
from typing import Any

import httpx
from a2a.helpers.proto_helpers import (
    new_data_part,
    new_raw_part,
    new_task_from_user_message,
    new_text_message,
    new_text_part,
    new_url_part,
)
from a2a.server.agent_execution import AgentExecutor, RequestContext
from a2a.server.events import EventQueue
from a2a.server.request_handlers import DefaultRequestHandler
from a2a.server.routes import create_agent_card_routes, create_jsonrpc_routes
from a2a.server.tasks import (
    BasePushNotificationSender,
    InMemoryPushNotificationConfigStore,
    InMemoryTaskStore,
    TaskUpdater,
)
from a2a.types import (
    AgentCapabilities,
    AgentCard,
    AgentInterface,
    AgentSkill,
    Part,
    TaskState,
)
from scenes import EXAMPLES, scene
from serving import serve
from starlette.applications import Starlette


def part(content: dict[str, Any]) -> Part:
    """A part with the content."""
    if "text" in content:
        return new_text_part(content["text"])
    if "file" in content:
        raw = content["file"].encode()
        return new_raw_part(raw, media_type="text/plain", filename="output.txt")
    if "url" in content:
        return new_url_part(content["url"], media_type="text/plain", filename="output.txt")
    return new_data_part(content["data"])


class Executor(AgentExecutor):
    """Plays the scene of the message."""

    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        steps = scene(context.message.message_id, context.get_user_input())
        if "message" in steps[0]:
            await event_queue.enqueue_event(new_text_message(steps[0]["message"]))
            return
        if context.current_task is None:
            await event_queue.enqueue_event(new_task_from_user_message(context.message))
        updater = TaskUpdater(event_queue, context.task_id, context.context_id)
        await updater.start_work()
        for step in steps:
            if "pause" in step:
                await asyncio.sleep(step["pause"])
            elif "artifact" in step:
                await updater.add_artifact(
                    [part(step["artifact"])],
                    artifact_id="answer",
                    append=step.get("append", False),
                    last_chunk=step.get("last", True),
                )
            else:
                state = f"TASK_STATE_{step['end'].upper().replace('-', '_')}"
                text = step.get("text")
                said = updater.new_agent_message([new_text_part(text)]) if text else None
                await updater.update_status(TaskState.Value(state), said)

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        await TaskUpdater(event_queue, context.task_id, context.context_id).cancel()


def app(url: str) -> Starlette:
    """The server at the URL."""
    card = AgentCard(
        name="sdk13",
        description="Does what the messageId says, or repeats the text.",
        version="1.0.0",
        capabilities=AgentCapabilities(streaming=True, push_notifications=True),
        default_input_modes=["text/plain"],
        default_output_modes=["text/plain"],
        skills=[
            AgentSkill(
                id="repeat", name="Repeat", description="Repeats.", tags=["a"], examples=EXAMPLES
            )
        ],
        supported_interfaces=[
            AgentInterface(protocol_binding="JSONRPC", protocol_version="1.0", url=url),
            AgentInterface(protocol_binding="JSONRPC", protocol_version="0.3", url=url),
        ],
    )
    configs = InMemoryPushNotificationConfigStore()
    handler = DefaultRequestHandler(
        agent_executor=Executor(),
        task_store=InMemoryTaskStore(),
        agent_card=card,
        push_config_store=configs,
        push_sender=BasePushNotificationSender(httpx.AsyncClient(), configs),
    )
    return Starlette(
        routes=[
            *create_agent_card_routes(card),
            *create_jsonrpc_routes(handler, rpc_url="/", enable_v0_3_compat=True),
        ]
    )


serve(app)
