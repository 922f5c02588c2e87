"""A model as the agent works with it, whichever API it is behind.

`chat` and `responses` each are one: a stream of events as the model writes them, and at its end
the `Finish`, with the whole answer.
"""

from collections import defaultdict
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol, TypeAlias

import httpx
from openai import APIConnectionError, APITimeoutError

from a2a_agent.agents.openai.conversation import Answer, Call, Turn
from a2a_agent.agents.outputs import text_of
from a2a_agent.agents.tools import Tool
from a2a_agent.domain.agent_events import ReasoningDelta, TextDelta, ToolCallDelta, Usage
from a2a_agent.domain.json_values import clean_text
from a2a_agent.domain.model import JsonObject

_TOO_MANY_TOKENS = 2**53


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

    def __init__(self, call_id: str) -> None:
        self.call_id = call_id
        self.name = ""
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


class OpenCalls:
    """The calls of an answer, each with an id that no other of them has."""

    def __init__(self, step: int) -> None:
        self._step = step
        self._calls: dict[str, OpenCall] = {}
        self._numbers: dict[str, Iterator[int]] = defaultdict(lambda: count(2))

    @property
    def calls(self) -> tuple[Call, ...]:
        """All of them, as they are written by now."""
        return tuple(call.call for call in self._calls.values())

    def open(self, given_id: str) -> OpenCall:
        """A new call. Servers may leave its id out, or give that of another call once more."""
        wanted = call_id = clean_text(given_id) or f"call-{self._step}-{len(self._calls) + 1}"
        while call_id in self._calls:
            call_id = f"{wanted}-{next(self._numbers[wanted])}"
        call = self._calls[call_id] = OpenCall(call_id)
        return call


class CutOff(Exception):
    """The stream ended before the answer did."""


class BadAnswer(Exception):
    """What came is no answer, or is longer than it may be."""


LOST = (APIConnectionError, httpx.RequestError)
"""What reading raises where no more comes. Older client libraries let httpx's errors through."""


@contextmanager
def reading() -> Iterator[None]:
    """Reads an answer that has begun, from a server that may send anything.

    Raises CutOff where it breaks off, BadAnswer where it is not understood.
    """
    try:
        yield
    except (APITimeoutError, httpx.TimeoutException):
        raise
    except LOST as error:
        raise CutOff(type(error).__name__) from error
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise BadAnswer(type(error).__name__) from error


class Reader:
    """Reads the texts in the pieces of an answer, together so many characters at most.

    Raises BadAnswer where there are more of them, and TypeError for what is no text.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._read = 0

    def text(self, value: Any, *, known: str = "") -> str:
        """The text: empty where it is missing, and joined where it comes in parts.

        What is `known` of it already has been counted.
        """
        if isinstance(value, list):
            value = "".join(part["text"] for part in value if part.get("type") == "text")
        if value is None:
            return ""
        if not isinstance(value, str):
            raise TypeError(f"a {type(value).__name__} is no text")
        self._read += len(value) - len(known)
        if self._read > self._most:
            raise BadAnswer(f"the answer has more than {self._most} characters")
        return value

    def arguments(self, value: Any, *, known: str = "") -> str:
        """The arguments of a call, which some servers send as an object."""
        return self.text(text_of(value) if isinstance(value, Mapping) else value, known=known)


def usage_of(told: Any, model: Any, step: int, *, asked: str, answered: str) -> Usage:
    """What a server says an answer cost; `asked` and `answered` are its words for the two sides."""
    return Usage(
        input_tokens=_tokens(told, f"{asked}_tokens"),
        output_tokens=_tokens(told, f"{answered}_tokens"),
        cached_input_tokens=_tokens(
            getattr(told, f"{asked}_tokens_details", None), "cached_tokens"
        ),
        reasoning_tokens=_tokens(
            getattr(told, f"{answered}_tokens_details", None), "reasoning_tokens"
        ),
        model=model if isinstance(model, str) else None,
        step=step,
    )


def _tokens(told: Any, name: str) -> int:
    """How many tokens a server says; 0 where it says nothing, or no such number."""
    said = getattr(told, name, None)
    return said if type(said) is int and 0 <= said < _TOO_MANY_TOKENS else 0


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

        Raises what the client library raises, CutOff and BadAnswer. Closing it closes the
        connection.
        """
        ...
