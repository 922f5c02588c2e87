"""An independent judge of logs: what A2A allows, written down a second time and another way.

Shares no rule with `domain.lifecycle`; the two can only agree by both being right.
"""

from collections.abc import Sequence

from a2a_agent.domain.task_events import (
    ArtifactChunk,
    Entry,
    MessageAccepted,
    Noted,
    Replied,
    StatusChanged,
)

LEGAL_STEPS = """
    nothing          -> submitted
    submitted        -> working input-required auth-required completed canceled failed rejected
    working          -> working input-required auth-required completed canceled failed rejected
    input-required   -> working canceled failed
    auth-required    -> working canceled failed
"""
"""What may follow what; nothing follows the states that are not on the left."""

_FOLLOWERS = {
    state.strip(): set(followers.split())
    for state, followers in (line.split("->") for line in LEGAL_STEPS.strip().splitlines())
}
_WAITING = {"input-required", "auth-required"}
_ENDED = {"completed", "canceled", "failed", "rejected", "replied"}


def complaints(entries: Sequence[Entry], *, is_over: bool = True) -> list[str]:
    """Everything that is wrong with a log, whose run is over unless told; `[]` if nothing is."""
    found: list[str] = []
    state = "nothing"
    is_open: dict[str, bool] = {}
    for number, entry in enumerate(entries, 1):
        event, before = entry.event, state
        if entry.sequence != number:
            found.append(f"entry {entry.sequence} has the place of entry {number}")
        if before in _ENDED:
            found.append(f"entry {number} comes after the end")
        if isinstance(event, MessageAccepted):
            state = "submitted" if number == 1 else "working"
            if number > 1 and before not in _WAITING:
                found.append(f"entry {number} is a message to a task that is {before}")
        elif isinstance(event, StatusChanged):
            state = event.state.value
            if before in _WAITING and state == "working":
                found.append(f"entry {number} goes on without an answer")
            if state == "rejected" and is_open:
                found.append(f"entry {number} rejects a task that has given output")
            if state == "completed" and any(is_open.values()):
                found.append(f"entry {number} completes a task with open artifacts")
        elif isinstance(event, Replied):
            state = "replied"
            if number != 2 or before != "submitted":
                found.append(f"entry {number} is a reply, which may be entry 2 only")
        elif before != "working":
            found.append(f"entry {number} needs a task at work; this one is {before}")
        elif isinstance(event, ArtifactChunk):
            if event.append and not is_open.get(event.artifact_id):
                found.append(f"entry {number} appends to what is not open")
            is_open[event.artifact_id] = not event.last
        else:
            assert isinstance(event, Noted)
        changes = isinstance(event, MessageAccepted | StatusChanged)
        if changes and state not in _FOLLOWERS.get(before, ()):
            found.append(f"entry {number} leads from {before} to {state}")
        if isinstance(event, ArtifactChunk | Replied) and not event.parts:
            found.append(f"entry {number} has no parts")
    if is_over and state not in _ENDED | _WAITING:
        found.append(f"the log ends with a task that is {state}")
    return found
