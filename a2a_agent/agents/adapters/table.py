"""From a framework's events to agent events, by a table.

    EventTable      which event becomes what
    Translation     one run's way through it

Pure: knows no framework, and starts nothing.

    TABLE = EventTable(
        "my-framework",
        {
            "token": emits(TextDelta, text="content"),
            "tool_start": emits(ToolCall, call_id="id", name="tool", arguments="input"),
            "tool_end": emits(ToolResult, call_id="id", name="tool", output="result"),
            "done": emits(RunFinished, text="answer"),
        },
    )
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from dataclasses import field as attribute
from enum import Enum
from typing import Any, Generic, TypeVar, cast

from a2a_agent.agents.adapters.call_ids import CallIds
from a2a_agent.agents.adapters.fields import field, readable, view
from a2a_agent.agents.outputs import text_of
from a2a_agent.domain.agent_events import (
    AgentEvent,
    InputRequired,
    Raw,
    ReasoningDelta,
    RunFinished,
    TextDelta,
)
from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.model import TaskState

_log = logging.getLogger(__name__)

Run = TypeVar("Run")
"""What a table remembers of a run."""

_TEXTS = frozenset({"agent", "call_id", "error", "message", "model", "name", "prompt", "text"})
_JSON = frozenset({"arguments", "data", "metadata", "output"})


@dataclass(frozen=True, slots=True)
class Rule(Generic[Run]):
    """What becomes of one kind of event: the classes, and the way there."""

    becomes: tuple[type[Any], ...]
    translate: Callable[[Run, Any], Iterable[AgentEvent]]


def emits(event_class: type[Any], /, **values: Any) -> Rule[Any]:
    """One agent event, with these fields: each a path in the framework's event, or a function of
    it, or (an enum's member, or anything that is no text) the value itself.

    What is None where the path leads keeps the field's default. Raises TypeError for a field that
    the event class does not have, or for one that is missing.
    """
    declared = {declared.name: declared for declared in fields(event_class)}
    required = [
        name
        for name, one in declared.items()
        if one.default is MISSING and one.default_factory is MISSING
    ]
    unknown, missing = values.keys() - declared.keys(), [n for n in required if n not in values]
    if unknown or missing:
        wrong = ", ".join([f"no field {name!r}" for name in sorted(unknown)] + missing)
        raise TypeError(f"{event_class.__name__} has these fields: {', '.join(declared)}; {wrong}")
    readers = [(name, _reader(name, given)) for name, given in values.items()]
    is_text = event_class in (TextDelta, ReasoningDelta)

    def translate(_: Any, event: Any) -> Iterator[AgentEvent]:
        found = {name: value for name, read in readers if (value := read(event)) is not None}
        lacking = [name for name in required if name not in found]
        if not lacking:
            yield cast(AgentEvent, event_class(**found))
        elif not is_text:  # a piece without text is no piece
            raise IllegalEvent(f"an event of the framework has no {', '.join(lacking)}")

    return Rule((event_class,), translate)


def does(translate: Callable[[Run, Any], Iterable[AgentEvent]], *becomes: type[Any]) -> Rule[Run]:
    """What a function of the run and the event gives: events of these classes."""
    return Rule(becomes, translate)


def all_of(*rules: Rule[Any]) -> Rule[Any]:
    """What each of the rules gives, one after the other."""

    def translate(run: Any, event: Any) -> Iterator[AgentEvent]:
        for rule in rules:
            yield from rule.translate(run, event)

    return Rule(tuple(dict.fromkeys(one for rule in rules for one in rule.becomes)), translate)


IGNORED: Rule[Any] = Rule((), lambda run, event: ())
"""Nothing: the event says what others say as well."""

RAW: Rule[Any] = Rule((Raw,), lambda run, event: ())
"""The event as it is, for readers of mode `all`: as one that has no rule."""


def _reader(name: str, given: Any) -> Callable[[Any], Any]:
    if isinstance(given, Enum):
        return lambda event: given
    if isinstance(given, str):
        read: Callable[[Any], Any] = lambda event: field(event, given)  # noqa: E731
    elif callable(given):
        read = given
    else:
        return lambda event: given
    if name in _TEXTS:
        return lambda event: None if (value := read(event)) is None else text_of(readable(value))
    if name in _JSON:
        return lambda event: None if (value := read(event)) is None else readable(value)
    return read


_STR = "str"
_TEXT = emits(TextDelta, text=lambda event: event)


def _nothing_to_remember() -> Any:
    return None


@dataclass(frozen=True, slots=True)
class EventTable(Generic[Run]):
    """What becomes of a framework's events, by their names.

    An event that the table does not name is a `Raw` one; a plain `str` is a piece of the answer
    unless there is a rule for `str`.
    """

    source: str
    """The framework's name."""
    rules: Mapping[str, Rule[Run]]
    name: str | Callable[[Any], Any] = "type"
    """Where an event has its name: a path, or a function of the event."""
    new_run: Callable[[], Run] = _nothing_to_remember
    """Makes what the rules' functions remember of a run."""
    asks: bool = False
    """Whether the framework waits for the answer to a question; if not, it ends with it."""
    at_end: Rule[Run] | None = None
    """What becomes of a run whose events have ended without saying how: its event is None."""
    raises: Mapping[str, RunFinished] = attribute(default_factory=dict)
    """How a run ends that ends with an exception, by the name of its class."""

    def rule_for(self, name: str) -> Rule[Run]:
        """What becomes of the events of that name."""
        return self.rules.get(name, _TEXT if name == _STR else RAW)

    @property
    def says_its_end(self) -> bool:
        """Whether the framework has an event for the end of a run."""
        return any(RunFinished in rule.becomes for rule in self.rules.values())

    def raised(self, *classes: str) -> RunFinished | None:
        """How a run ends with an exception of these classes, the most special one first."""
        return next((self.raises[name] for name in classes if name in self.raises), None)


_UNREADABLE = (
    ArithmeticError,
    AttributeError,
    IllegalEvent,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What rules raise for fields that hold something else than they should."""

ENDED_WITHOUT_RESULT = RunFinished(state=TaskState.FAILED, reason="ended-without-result")


class Translation(Generic[Run]):
    """One run's events on their way through a table."""

    def __init__(self, table: EventTable[Run]) -> None:
        self.table = table
        self.run = table.new_run()
        self.end: RunFinished | None = None
        """How the run has ended, once an event has said so."""
        self._calls = CallIds()
        self._name = table.name if callable(table.name) else _path(table.name)

    def feed(self, event: Any) -> Sequence[AgentEvent]:
        """What the event becomes, the end of the run left out: that is in `end`."""
        if self.end is not None:
            return ()
        name = self.name_of(event)
        rule = self.table.rule_for(name)
        if rule is RAW:
            return (self._raw(event),)
        events: list[AgentEvent] = []
        try:
            for translated in rule.translate(self.run, event):
                if isinstance(translated, RunFinished):
                    self.end = translated
                    break
                events.append(self._calls.told(translated))
        except _UNREADABLE as error:
            # One event that is not what the framework says that it is must not cost the run.
            _log.warning("an event of %s is not what it should be: %s", self.table.source, name)
            _log.debug("what was wrong with it", exc_info=error)
            events.append(self._raw(event))
        return events

    def _raw(self, event: Any) -> Raw:
        return Raw(source=self.table.source, data=view(event))

    def finish(self) -> Iterator[AgentEvent]:
        """What is left to be said, now that there are no more events: the last is always a
        RunFinished, or an InputRequired."""
        if self.end is None and self.table.at_end is not None:
            for translated in self.table.at_end.translate(self.run, None):
                yield self._calls.told(translated)
                if isinstance(translated, RunFinished | InputRequired):
                    return
        if self.end is None:
            self.end = ENDED_WITHOUT_RESULT if self.table.says_its_end else RunFinished()
        yield self.end

    def name_of(self, event: Any) -> str:
        """The event's name, as the table knows it."""
        return _STR if isinstance(event, str) else str(self._name(event))


def _path(path: str) -> Callable[[Any], Any]:
    return lambda event: field(event, path)
