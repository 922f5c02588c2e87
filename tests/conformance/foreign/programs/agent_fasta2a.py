"""An agent of fasta2a 2.1. With the argument 0.3 its card offers that version, whose methods it has
too; its own card offers 1.0 only.
"""

import asyncio
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from fasta2a import FastA2A, Worker
from fasta2a.broker import InMemoryBroker
from fasta2a.schema import Artifact, Message, Part, Skill, TaskIdParams, TaskSendParams
from fasta2a.storage import InMemoryStorage
from scenes import EXAMPLES, scene
from serving import serve
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

ENDED = ("completed", "canceled", "failed", "rejected")


def part(content: dict[str, Any]) -> Part:
    """A part with the content."""
    if "file" in content:
        raw = b64encode(content["file"].encode()).decode()
        return Part(raw=raw, media_type="text/plain", filename="output.txt")
    if "url" in content:
        return Part(url=content["url"], media_type="text/plain", filename="output.txt")
    return Part(**content)


class SceneWorker(Worker[list[Message]]):
    """Plays the scene of the message; the library has no answer by Message."""

    async def run_task(self, params: TaskSendParams) -> None:
        task_id, context_id, message = params["id"], params["context_id"], params["message"]
        await self.storage.update_task(task_id, state="working")
        await self.publish_status(task_id, context_id, "working")
        text = "".join(part.get("text", "") for part in message["parts"])
        parts: list[Part] = []
        end, said = "completed", None
        for step in scene(message["message_id"], text):
            if "pause" in step:
                await asyncio.sleep(step["pause"])
            elif "artifact" in step:
                parts.append(part(step["artifact"]))
                await self.publish_artifact(
                    task_id,
                    context_id,
                    Artifact(artifact_id="answer", parts=parts[-1:]),
                    append=step.get("append", False),
                    last_chunk=step.get("last", True),
                )
            else:
                end, said = step.get("end", "completed"), step.get("text", step.get("message"))
        reply = Message(role="agent", parts=[Part(text=said or "")], message_id=str(uuid4()))
        await self.storage.update_task(
            task_id,
            state=end,
            new_artifacts=self.build_artifacts(parts),
            new_messages=[reply] if said else None,
        )

    async def cancel_task(self, params: TaskIdParams) -> None:
        task = await self.storage.load_task(params["id"])
        if task is not None and task["status"]["state"] not in ENDED:
            await self.storage.update_task(params["id"], state="canceled")

    def build_message_history(self, history: list[Message]) -> list[Any]:
        return history

    def build_artifacts(self, result: Any) -> list[Artifact]:
        return [Artifact(artifact_id="answer", parts=result)] if result else []


def old_card(url: str) -> dict[str, Any]:
    """A card of 0.3."""
    modes = ["text/plain"]
    skill = {"id": "repeat", "name": "Repeat", "description": "Repeats.", "tags": ["a"]}
    return {
        "name": "fasta2a",
        "description": "Does what the messageId says, or repeats the text.",
        "url": url,
        "version": "1.0.0",
        "protocolVersion": "0.3.0",
        "capabilities": {"streaming": True},
        "defaultInputModes": modes,
        "defaultOutputModes": modes,
        "skills": [{**skill, "examples": EXAMPLES}],
    }


def app(url: str) -> FastA2A:
    """The server at the URL."""
    storage: InMemoryStorage[list[Message]] = InMemoryStorage()
    broker = InMemoryBroker()
    worker = SceneWorker(broker=broker, storage=storage)

    @asynccontextmanager
    async def lifespan(app: FastA2A) -> AsyncIterator[None]:
        async with app.task_manager, worker.run():
            yield

    skill = Skill(
        id="repeat",
        name="Repeat",
        description="Repeats.",
        tags=["a"],
        examples=EXAMPLES,
        input_modes=["text/plain"],
        output_modes=["text/plain"],
    )

    async def card(_: Request) -> JSONResponse:
        return JSONResponse(old_card(url))

    return FastA2A(
        storage=storage,
        broker=broker,
        name="fasta2a",
        url=url,
        description="Does what the messageId says, or repeats the text.",
        skills=[skill],
        default_input_modes=["text/plain"],
        default_output_modes=["text/plain"],
        routes=[Route("/.well-known/agent-card.json", card)] if "0.3" in sys.argv else [],
        lifespan=lifespan,
    )


serve(app)
