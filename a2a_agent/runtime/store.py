"""Where logs are kept: the `TaskStore` protocol and its implementation in memory.

A store knows entries, numbers and owners; what the entries mean is `domain`'s business. All
changes come through `append`, in batches over many tasks, each batch as one transaction.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

from a2a_agent.domain.model import TaskState
from a2a_agent.domain.record import record
from a2a_agent.domain.task_events import ArtifactChunk, Entry
from a2a_agent.runtime.codec import decode_entries, encode_entries


@record()
class Scope:
    """Whose tasks: what belongs to another owner or tenant does not exist here."""

    owner: str = "anonymous"
    tenant: str = ""


@record(kw_only=True)
class Head:
    """What is known of a task without reading its log."""

    task_id: str
    scope: Scope
    context_id: str
    state: TaskState
    """The last status; COMPLETED for a task that was answered by a Message."""
    sequence: int
    """The number of the last entry."""
    updated_ms: int
    """When the status changed last, Unix milliseconds."""
    is_replied: bool = False
    """Answered by a Message: kept for repeats of its message, but for clients no task."""


@record(kw_only=True)
class Change:
    """New entries for one task, in order; the first has the number `head.sequence` had, plus 1.

    `head` is the task's head after the change. `creates` says that the log is new.
    `message_key` names the message that caused the change, for `Duplicate`.
    """

    head: Head
    entries: Sequence[Entry]
    creates: bool = False
    message_key: bytes | None = None

    @property
    def expected_sequence(self) -> int:
        """The length the log must have for the change to be taken."""
        return self.entries[0].sequence - 1


@record()
class Duplicate:
    """The message was taken before: as entry `sequence` of this task."""

    task_id: str
    sequence: int


@record()
class Conflict:
    """The log was not as long as the change expected: somebody else has written."""


@record(kw_only=True)
class Query:
    """Which heads to list, newest status first. `scope` None means all owners."""

    scope: Scope | None = None
    context_id: str | None = None
    states: frozenset[TaskState] | None = None
    updated_after_ms: int | None = None
    """Only those whose status changed at this time or later."""
    limit: int = 50
    page_token: str | None = None
    includes_replied: bool = False
    """Also those answered by a Message, which for clients are no tasks."""


@record()
class Page:
    """A page of heads; `next_token` is "" on the last; `total` counts all pages."""

    heads: Sequence[Head]
    next_token: str
    total: int


class TaskStore(Protocol):
    """Durable logs. What `append` has returned for is there after a crash of the process."""

    async def append(self, changes: Sequence[Change]) -> Sequence[Duplicate | Conflict | None]:
        """Takes all changes at once; per change None, or why it was not taken.

        No two changes of a batch are of the same task. Raises StoreUnavailable when nothing
        was taken.
        """
        ...

    async def read(
        self, task_id: str, *, after: int = 0, limit: int | None = None, chunks: bool = True
    ) -> Sequence[Entry]:
        """The entries numbered above `after`, in order, at most `limit` or a few more.

        `chunks=False` may leave out artifact chunks. Empty for an unknown task.
        """
        ...

    async def head(self, scope: Scope, task_id: str) -> Head | None:
        """The head of the scope's task; None where there is none, or it was answered by Message."""
        ...

    async def accepted(self, message_key: bytes) -> Duplicate | None:
        """Which task took this message, if any did."""
        ...

    async def find(self, query: Query) -> Page:
        """A page of heads. Raises ValueError for a bad token."""
        ...

    async def prune(self, updated_before_ms: int) -> int:
        """Removes ended tasks whose status is older; the number removed."""
        ...


@runtime_checkable
class ImmediateTaskStore(Protocol):
    """A store that can take changes without waiting for anything."""

    def append_now(self, changes: Sequence[Change]) -> Sequence[Duplicate | Conflict | None]:
        """What `TaskStore.append` does, done on return."""
        ...


_SEGMENT = 256
"""Entries that are packed together."""


class _Kept:
    """One task in memory: whole blocks of its log packed, the newest entries as they are.

    An ended task is packed to its last entry.
    """

    __slots__ = ("blocks", "entries", "head", "message_keys")

    def __init__(self, head: Head) -> None:
        self.head = head
        self.blocks: tuple[bytes, ...] = ()
        """Each of `_BLOCK` entries, but for the last of an ended task."""
        self.entries: list[Entry] = []
        self.message_keys: tuple[bytes, ...] = ()

    def add(self, change: Change) -> None:
        """Takes the change, whole or, if its entries cannot be encoded, not at all."""
        is_ended = change.head.state.is_terminal
        if is_ended or len(self.entries) + len(change.entries) >= 2 * _BLOCK:
            entries, blocks = [*self.entries, *change.entries], self.blocks
            while len(entries) >= 2 * _BLOCK or (entries and is_ended):
                blocks = (*blocks, encode_entries(entries[:_BLOCK]))
                del entries[:_BLOCK]
            self.blocks, self.entries = blocks, entries
        else:
            self.entries.extend(change.entries)
        self.head = change.head

    def after(self, sequence: int, limit: int | None) -> list[Entry]:
        """The entries above the number, at most `limit`; no more is unpacked than is needed."""
        found: list[Entry] = []
        task_id, packed = self.head.task_id, len(self.blocks) * _BLOCK
        for index in range(sequence // _BLOCK, len(self.blocks)):
            skipped = max(sequence - index * _BLOCK, 0)
            found += decode_entries(self.blocks[index], task_id)[skipped:]
            if limit is not None and len(found) >= limit:
                return found[:limit]
        found += self.entries[max(sequence - packed, 0) :]
        return found if limit is None else found[:limit]


_BLOCK = 256


class MemoryTaskStore:
    """Logs in this process, gone with it. Ended tasks are packed: a small one takes a kilobyte."""

    def __init__(self) -> None:
        self._tasks: dict[str, _Kept] = {}
        self._contexts: dict[str, _Kept | list[_Kept]] = {}
        self._messages: dict[bytes, Duplicate] = {}

    async def append(self, changes: Sequence[Change]) -> Sequence[Duplicate | Conflict | None]:
        return self.append_now(changes)

    def append_now(self, changes: Sequence[Change]) -> Sequence[Duplicate | Conflict | None]:
        return [self._append(change) for change in changes]

    def _append(self, change: Change) -> Duplicate | Conflict | None:
        key, task_id = change.message_key, change.head.task_id
        if key is not None and (known := self._messages.get(key)):
            return known
        kept = self._tasks.get(task_id)
        if change.creates:
            if kept is not None:
                return Conflict()
            kept = _Kept(change.head)
        elif kept is None or kept.head.sequence != change.expected_sequence:
            return Conflict()
        kept.add(change)
        if change.creates:
            self._tasks[task_id] = kept
            self._join_context(kept)
        if key is not None:
            self._messages[key] = Duplicate(task_id, change.head.sequence)
            kept.message_keys += (key,)
        return None

    async def read(
        self, task_id: str, *, after: int = 0, limit: int | None = None, chunks: bool = True
    ) -> Sequence[Entry]:
        kept = self._tasks.get(task_id)
        if kept is None:
            return []
        found = kept.after(after, limit)
        return found if chunks else [e for e in found if not isinstance(e.event, ArtifactChunk)]

    async def head(self, scope: Scope, task_id: str) -> Head | None:
        kept = self._tasks.get(task_id)
        if kept is None or kept.head.scope != scope or kept.head.is_replied:
            return None
        return kept.head

    async def accepted(self, message_key: bytes) -> Duplicate | None:
        return self._messages.get(message_key)

    async def find(self, query: Query) -> Page:
        heads = [kept.head for kept in self._candidates(query) if _matches(kept.head, query)]
        heads.sort(key=_newest_first)
        total = len(heads)
        if query.page_token is not None:
            position = parse_page_token(query.page_token)
            heads = [head for head in heads if _newest_first(head) > position]
        page = heads[: query.limit]
        more = len(heads) > len(page)
        return Page(page, page_token(page[-1]) if more else "", total)

    async def prune(self, updated_before_ms: int) -> int:
        old = [
            kept
            for kept in self._tasks.values()
            if kept.head.state.is_terminal and kept.head.updated_ms < updated_before_ms
        ]
        for kept in old:
            del self._tasks[kept.head.task_id]
            self._leave_context(kept)
            for key in kept.message_keys:
                del self._messages[key]
        return len(old)

    def _candidates(self, query: Query) -> Iterable[_Kept]:
        if query.context_id is None:
            return self._tasks.values()
        found = self._contexts.get(query.context_id, [])
        return found if isinstance(found, list) else [found]

    def _join_context(self, kept: _Kept) -> None:
        """Most contexts have one task: it stands for itself, without a list around it."""
        context_id = kept.head.context_id
        known = self._contexts.get(context_id)
        if known is None:
            self._contexts[context_id] = kept
        elif isinstance(known, list):
            known.append(kept)
        else:
            self._contexts[context_id] = [known, kept]

    def _leave_context(self, kept: _Kept) -> None:
        context_id = kept.head.context_id
        known = self._contexts[context_id]
        if isinstance(known, list):
            known.remove(kept)
        if not isinstance(known, list) or not known:
            del self._contexts[context_id]


def page_token(last: Head) -> str:
    """The opaque token of the page after the one that ends with this head."""
    return urlsafe_b64encode(f"{last.updated_ms}:{last.task_id}".encode()).decode()


def parse_page_token(token: str) -> tuple[int, str]:
    """The position of a token: (-updated_ms, task_id). Raises ValueError for what is no token."""
    updated_ms, separator, task_id = urlsafe_b64decode(token.encode()).decode().partition(":")
    if not separator:
        raise ValueError("this is no page token")
    return -int(updated_ms), task_id


def _newest_first(head: Head) -> tuple[int, str]:
    return -head.updated_ms, head.task_id


def _matches(head: Head, query: Query) -> bool:
    return (
        (query.includes_replied or not head.is_replied)
        and (query.scope is None or head.scope == query.scope)
        and (query.context_id is None or head.context_id == query.context_id)
        and (query.states is None or head.state in query.states)
        and (query.updated_after_ms is None or head.updated_ms >= query.updated_after_ms)
    )
