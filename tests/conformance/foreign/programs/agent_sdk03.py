"""An agent of a2a-sdk 0.3."""

import asyncio
from base64 import b64encode
from typing import Any

import httpx
from a2a.server.agent_execution import AgentExecutor, RequestContext
from a2a.server.apps import A2AStarletteApplication
from a2a.server.events import EventQueue
from a2a.server.request_handlers import DefaultRequestHandler
from a2a.server.tasks import (
    BasePushNotificationSender,
    InMemoryPushNotificationConfigStore,
    InMemoryTaskStore,
    TaskUpdater,
)
from a2a.types import (
    AgentCapabilities,
    AgentCard,
    AgentSkill,
    DataPart,
    FilePart,
    FileWithBytes,
    FileWithUri,
    Part,
    TaskState,
    TextPart,
)
from a2a.utils import new_agent_text_message, new_task
from scenes import EXAMPLES, scene
from serving import serve


def part(content: dict[str, Any]) -> Part:
    """A part with the content."""
    file = {"mime_type": "text/plain", "name": "output.txt"}
    if "text" in content:
        return Part(root=TextPart(text=content["text"]))
    if "file" in content:
        encoded = b64encode(content["file"].encode()).decode()
        return Part(root=FilePart(file=FileWithBytes(bytes=encoded, **file)))
    if "url" in content:
        return Part(root=FilePart(file=FileWithUri(uri=content["url"], **file)))
    return Part(root=DataPart(data=content["data"]))


class Executor(AgentExecutor):
    """Plays the scene of the message."""

    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        steps = scene(context.message.message_id, context.get_user_input())
        if "message" in steps[0]:
            await event_queue.enqueue_event(new_agent_text_message(steps[0]["message"]))
            return
        if context.current_task is None:
            await event_queue.enqueue_event(new_task(context.message))
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
                text = step.get("text")
                said = updater.new_agent_message([part({"text": text})]) if text else None
                await updater.update_status(TaskState(step["end"]), said, final=True)

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        await TaskUpdater(event_queue, context.task_id, context.context_id).cancel()


def app(url: str) -> Any:
    """The server at the URL."""
    card = AgentCard(
        name="sdk03",
        description="Does what the messageId says, or repeats the text.",
        url=url,
        version="1.0.0",
        capabilities=AgentCapabilities(streaming=True, push_notifications=True),
        default_input_modes=["text/plain"],
        default_output_modes=["text/plain"],
        skills=[
            AgentSkill(
                id="repeat", name="Repeat", description="Repeats.", tags=["a"], examples=EXAMPLES
            )
        ],
    )
    configs = InMemoryPushNotificationConfigStore()
    handler = DefaultRequestHandler(
        agent_executor=Executor(),
        task_store=InMemoryTaskStore(),
        push_config_store=configs,
        push_sender=BasePushNotificationSender(httpx.AsyncClient(), configs),
    )
    return A2AStarletteApplication(agent_card=card, http_handler=handler).build()


serve(app)
