"""A model as the agent works with it, whichever API it is behind.

`chat` and `responses` each are one: a stream of events as the model writes them, and at its end
the `Finish`, with the whole answer.
"""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Protocol, TypeAlias

import httpx
from openai import APIConnectionError, APITimeoutError

from a2a_agent.agents.openai.conversation import Answer, Call, Turn
from a2a_agent.agents.tools import Tool
from a2a_agent.domain.agent_events import ReasoningDelta, TextDelta, ToolCallDelta, Usage
from a2a_agent.domain.json_values import clean_text
from a2a_agent.domain.model import JsonObject


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of a model's answer: the whole of it, and why it ended.

    `reason` is None for an answer that is complete, else `length` or `content-filter`.
    """

    answer: Answer
    reason: str | None = None


class OpenCall:
    """A call that is being written."""

    __slots__ = ("_shown", "arguments", "call_id", "name")

    def __init__(self, call_id: str, name: str = "") -> None:
        self.call_id = call_id
        self.name = name
        self.arguments = ""
        self._shown = -1

    def news(self, step: int) -> Iterator[ToolCallDelta]:
        """The arguments so far, whenever they have grown by a fifth: together that stays linear."""
        if len(self.arguments) > 1.2 * self._shown:
            self._shown = len(self.arguments)
            yield ToolCallDelta(
                call_id=self.call_id, name=self.name, arguments=self.arguments, step=step
            )

    @property
    def call(self) -> Call:
        """The call as it is written by now."""
        return Call(self.call_id, clean_text(self.name), clean_text(self.arguments))


class CutOff(Exception):
    """The stream ended before the answer did."""


@contextmanager
def reading() -> Iterator[None]:
    """Reads an answer that has begun: raises CutOff where it breaks off or turns into no JSON."""
    try:
        yield
    except (APITimeoutError, httpx.TimeoutException):
        raise
    except (APIConnectionError, httpx.TransportError, JSONDecodeError) as error:
        raise CutOff(str(error)) from error


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked. `schema` wants JSON for an answer: `{}` any object."""

    turns: Sequence[Turn]
    instructions: str = ""
    tools: Sequence[Tool] = ()
    schema: JsonObject | None = None


Piece: TypeAlias = TextDelta | ReasoningDelta | ToolCallDelta | Usage | Finish


class Model(Protocol):
    """A model behind an API."""

    def answer(self, prompt: Prompt, step: int) -> AsyncGenerator[Piece, None]:
        """The pieces of the answer as they come, then `Usage` if it is told, then `Finish`.

        Raises what the client library raises, and CutOff. Closing it closes the connection.
        """
        ...
