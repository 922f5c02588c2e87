"""The agent that says what it was told: the shortest complete example of one."""

from dataclasses import dataclass

from a2a_agent.agents.pieces import in_pieces
from a2a_agent.domain.agent_events import Artifact, RunFinished, RunStarted, TextDelta
from a2a_agent.domain.model import TextPart
from a2a_agent.runtime.agent import AgentDescription, Events, RunRequest, Skill

_DESCRIPTION = AgentDescription(
    name="echo",
    description="Repeats the message: its text word by word, its files and data as an artifact.",
    skills=(
        Skill(
            id="echo",
            name="Echo",
            description="Sends back what it is sent, of any media type.",
            tags=("echo", "test"),
            examples=("Hello there!",),
        ),
    ),
    input_modes=("*/*",),
    output_modes=("*/*",),
)


@dataclass(frozen=True, slots=True)
class EchoAgent:
    """Repeats each message."""

    description: AgentDescription = _DESCRIPTION

    async def run(self, request: RunRequest, /) -> Events:
        """Yields the text in pieces, then everything else as one artifact."""
        yield RunStarted(agent="echo")
        for piece in in_pieces(request.text):
            yield TextDelta(piece)
        attached = tuple(p for p in request.message.parts if not isinstance(p, TextPart))
        if attached:
            yield Artifact(artifact_id="attachments", name="attachments", parts=attached)
        yield RunFinished()


echo = EchoAgent()
