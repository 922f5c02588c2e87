"""What the endpoint's agent can be brought to do, and by what message.

Told (`--scenarios`, `--prompt`), or learned: a few messages are sent, and the frames that come say
what each is good for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from conformance.expect import NotExercised


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message that brings something about: its text, or how its messageId begins."""

    text: str = "Hello"
    prefix: str = ""


BEHAVIOURS: Mapping[str, str] = MappingProxyType(
    {
        "completes": "a task that is completed",
        "chunks": "an answer in several pieces",
        "long": "a task that takes long enough to be canceled or subscribed to",
        "input": "a task that asks back (input-required)",
        "auth": "a task that asks for authentication (auth-required)",
        "artifact": "a task with an artifact",
        "file": "a task with a file",
        "data": "a task with data",
        "message": "an answer by Message, without a task",
        "fails": "a task that fails",
        "rejects": "a task that is rejected",
    }
)
"""What an agent may do that cases need, by the names that `--prompt` takes."""

SCENARIOS: Mapping[str, str] = MappingProxyType(
    {
        "completes": "tck-complete-task",
        "chunks": "tck-stream-artifact-chunked",
        "long": "test-resubscribe-message-id",
        "input": "tck-input-required",
        "auth": "tck-auth-required",
        "artifact": "tck-artifact-text",
        "file": "tck-artifact-file",
        "data": "tck-artifact-data",
        "message": "tck-message-response",
        "fails": "tck-fail-task",
        "rejects": "tck-reject-task",
    }
)
"""The beginnings of messageIds that test agents follow, by convention of the A2A project."""


@dataclass(slots=True)
class Knowledge:
    """Which draft brings about what."""

    drafts: dict[str, Draft] = field(default_factory=dict)
    is_slow: bool = False
    """Whether no task has come to rest for as long as it was waited for."""
    way_seconds: float = 0.0
    """What an exchange takes where there is nothing to be done for it."""

    @classmethod
    def told(cls, prompts: Mapping[str, str], *, follows_scenarios: bool) -> "Knowledge":
        """What was said on the command line; prompts come before scenarios."""
        known = {name: Draft(prefix=prefix) for name, prefix in SCENARIOS.items()}
        drafts = known if follows_scenarios else {}
        return cls({**drafts, **{name: Draft(text=text) for name, text in prompts.items()}})

    def learn(self, draft: Draft, behaviours: Iterable[str]) -> None:
        """The draft has brought these about; what is known already stays."""
        for behaviour in behaviours:
            self.drafts.setdefault(behaviour, draft)

    def need(self, behaviour: str) -> Draft:
        """The draft for it. Raises NotExercised where none is known."""
        if behaviour in self.drafts:
            return self.drafts[behaviour]
        raise NotExercised(
            f"no message is known that leads to {BEHAVIOURS[behaviour]}",
            f'--prompt {behaviour}="…", or --scenarios where the agent follows them',
        )
