"""What an agent's replies say, the same for every wire version."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from a2a_agent.cli.errors import ExitCode
from a2a_agent.domain.model import TERMINAL, Artifact, Message, TaskState


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFrame:
    """A task as it is. The state is one of `TaskState`, or whatever word the agent used."""

    task_id: str
    context_id: str
    state: str
    message: Message | None = None
    timestamp: str = ""
    artifacts: tuple[Artifact, ...] = ()
    history: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFrame:
    """A task's new state, with what the agent said about it."""

    task_id: str
    context_id: str
    state: str
    message: Message | None = None
    note: object = None
    """A detail that the stream extension's mode `all` shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactFrame:
    """A piece of an artifact: the first opens or replaces it, others are appended."""

    task_id: str
    context_id: str
    artifact: Artifact
    append: bool = False


Frame: TypeAlias = TaskFrame | StatusFrame | ArtifactFrame | Message

_EXIT_CODES: Mapping[str, ExitCode] = MappingProxyType(
    {
        TaskState.COMPLETED: ExitCode.COMPLETED,
        TaskState.FAILED: ExitCode.FAILED,
        TaskState.REJECTED: ExitCode.FAILED,
        TaskState.INPUT_REQUIRED: ExitCode.INPUT_REQUIRED,
        TaskState.AUTH_REQUIRED: ExitCode.INPUT_REQUIRED,
        TaskState.CANCELED: ExitCode.CANCELED,
    }
)

_TERMINAL: frozenset[str] = frozenset(TERMINAL)


def exit_code(state: str) -> ExitCode | None:
    """The exit code for a task that rests in this state; None where it does not rest."""
    return _EXIT_CODES.get(state)


def is_terminal(state: str) -> bool:
    """Whether nothing may follow."""
    return state in _TERMINAL
