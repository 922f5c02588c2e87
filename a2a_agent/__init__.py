"""Turn any agent that yields events into an A2A endpoint.

async def agent(request: RunRequest):
    yield f"You said: {request.text}"

app = create_app(agent)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from a2a_agent.domain.agent_events import (
    AgentEvent,
    Artifact,
    InputKind,
    InputRequired,
    Raw,
    ReasoningDelta,
    Reply,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    ToolProgress,
    ToolResult,
    Usage,
)
from a2a_agent.domain.model import (
    DataPart,
    FilePart,
    Message,
    Part,
    Role,
    Task,
    TaskState,
    TaskStatus,
    TextPart,
)
from a2a_agent.runtime.agent import Agent, AgentDescription, RunRequest, Skill

if TYPE_CHECKING:
    from a2a_agent.http.app import create_app
    from a2a_agent.settings import Settings

__all__ = [
    "Agent",
    "AgentDescription",
    "AgentEvent",
    "Artifact",
    "DataPart",
    "FilePart",
    "InputKind",
    "InputRequired",
    "Message",
    "Part",
    "Raw",
    "ReasoningDelta",
    "Reply",
    "Role",
    "RunFinished",
    "RunRequest",
    "RunStarted",
    "Settings",
    "Skill",
    "StepFinished",
    "StepStarted",
    "Task",
    "TaskState",
    "TaskStatus",
    "TextDelta",
    "TextPart",
    "ToolCall",
    "ToolCallDelta",
    "ToolProgress",
    "ToolResult",
    "Usage",
    "create_app",
]

_LATER = {"create_app": "a2a_agent.http.app", "Settings": "a2a_agent.settings"}
"""What brings Starlette and pydantic along: a command such as `--help` does without."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)
