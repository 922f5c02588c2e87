"""Small agents that several tests use."""

import asyncio

from a2a_agent.domain.agent_events import InputRequired, RunStarted
from a2a_agent.runtime.agent import Events, RunRequest


class Listener:
    """An agent that keeps what it is handed, and says how often it was."""

    def __init__(self) -> None:
        self.requests: list[RunRequest] = []

    async def run(self, request: RunRequest, /) -> Events:
        self.requests.append(request)
        yield f"answer {len(self.requests)}"


async def asks_twice(request: RunRequest) -> Events:
    """Asks, and asks again, and says what it was told."""
    told = [*(request.resume or ()), request.text]  # type: ignore[misc]  # a list, as left below
    if len(told) < 3:
        yield InputRequired(prompt=f"And after {told[-1]}?", request_id="r", resume=told)
    else:
        yield ", ".join(told)


class Worker:
    """Works until the test lets it end."""

    def __init__(self) -> None:
        self.is_at_work = asyncio.Event()
        self.may_end = asyncio.Event()

    async def run(self, request: RunRequest, /) -> Events:
        yield RunStarted()
        self.is_at_work.set()
        await self.may_end.wait()


async def asks(_: RunRequest) -> Events:
    """Asks, and ends with that."""
    yield InputRequired(prompt="Which?")
