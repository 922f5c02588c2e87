"""What an agent is, and what it is given."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any, Protocol, TypeAlias, cast, runtime_checkable

from a2a_agent.domain.agent_events import AgentEvent, InputRequired
from a2a_agent.domain.model import JsonObject, JsonValue, Message, Task

Events: TypeAlias = AsyncIterator[AgentEvent | str]


async def _no_one_to_ask(question: InputRequired) -> Message:
    raise RuntimeError("this request is not part of a run, so there is nobody to ask")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """One message to be worked on.

    `history` holds the earlier messages of the context, oldest first: the client's, the agent's
    (tool calls and results as data parts) and its answers. `task` is the task as it was before
    the message, None for a new one. `resume` is what the agent left with its `InputRequired`.
    """

    message: Message
    task_id: str
    context_id: str
    history: tuple[Message, ...] = ()
    task: Task | None = None
    resume: JsonValue = None
    caller: str = "anonymous"
    metadata: JsonObject = field(default_factory=dict)
    extensions: frozenset[str] = frozenset()
    accepted_output_modes: tuple[str, ...] = ()
    ask: Callable[[InputRequired], Awaitable[Message]] = _no_one_to_ask
    """Puts the task into `input-required` and returns the client's answer.

    The run stays alive meanwhile, so the question does not survive a restart; yielding the
    `InputRequired` does. Raises `asyncio.CancelledError` when the task is canceled."""

    @property
    def text(self) -> str:
        """The text of the message."""
        return self.message.text


@runtime_checkable
class RunnableAgent(Protocol):
    """An agent as an object. State of a run lives in the generator, never on the object."""

    def run(self, request: RunRequest, /) -> Events:
        """Yields the run's events."""
        ...


Agent: TypeAlias = Callable[[RunRequest], Events] | RunnableAgent
"""An async generator function, or an object with `run(request)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """One thing an agent can do, as its card tells it."""

    id: str
    name: str
    description: str
    tags: tuple[str, ...]
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDescription:
    """What the card says of an agent. Media types may be ranges such as `image/*` or `*/*`."""

    name: str
    description: str
    version: str = "1.0.0"
    skills: tuple[Skill, ...] = ()
    input_modes: tuple[str, ...] = ("text/plain", "application/json")
    output_modes: tuple[str, ...] = ("text/plain", "application/json")
    provider: tuple[str, str] | None = None
    """Organization and URL."""
    documentation_url: str | None = None
    icon_url: str | None = None


def run_function(agent: Agent) -> Callable[[RunRequest], Events]:
    """The function that starts a run. Raises TypeError, saying what an agent is, for others."""
    if isinstance(agent, type):
        raise TypeError(f"{_shown(agent)} is a class, make an object of it: {_WHAT_AN_AGENT_IS}")
    function: Any = agent.run if isinstance(agent, RunnableAgent) else agent
    if not callable(function):
        raise TypeError(f"{_shown(agent)} is no agent: {_WHAT_AN_AGENT_IS}")
    if iscoroutinefunction(function) and not isasyncgenfunction(function):
        raise TypeError(f"{_shown(function)} never yields, so it is no agent: {_WHAT_AN_AGENT_IS}")
    return cast(Callable[[RunRequest], Events], function)


def opened(agent: Agent) -> AbstractAsyncContextManager[object]:
    """What holds the agent open while it serves: itself, if it is a context manager."""
    return agent if isinstance(agent, AbstractAsyncContextManager) else nullcontext()


def _shown(thing: object) -> str:
    """The thing, or its class where that is shorter: some show all that they hold."""
    shown = repr(thing)
    if len(shown) <= _MOST_SHOWN:
        return shown
    return f"an object of {type(thing).__module__}.{type(thing).__qualname__}"


_MOST_SHOWN = 120
_WHAT_AN_AGENT_IS = (
    "an agent is an async generator function that takes a RunRequest and yields events, "
    "or an object with such a function named run"
)


def describe(agent: Agent) -> AgentDescription:
    """The agent's own `description` where it has one, else its name and docstring."""
    described = getattr(agent, "description", None)
    return described if isinstance(described, AgentDescription) else described_by(agent)


def described_by(thing: object) -> AgentDescription:
    """What the name and the docstring of a function or an object say."""
    name = getattr(thing, "__name__", type(thing).__name__)
    said = (getattr(thing, "__doc__", None) or f"The agent {name}.").strip()
    return described_as(name, " ".join(said.split("\n\n")[0].split()))


def described_as(name: str, said: str, tag: str = "agent") -> AgentDescription:
    """An agent of that name which does one thing, the said one."""
    skill = Skill(id=name, name=name, description=said, tags=(tag,))
    return AgentDescription(name=name, description=said, skills=(skill,))
