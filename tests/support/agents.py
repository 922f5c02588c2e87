"""Small agents that several tests use."""

from a2a_agent.domain.agent_events import InputRequired
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
