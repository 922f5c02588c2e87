"""How each protocol version says what the benchmarks need: requests out, words and ids back."""

import itertools
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

ID_PLACE = "@ID@"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One protocol version."""

    version: str
    send: str
    stream: str
    subscribe: str
    header: str
    message: Callable[[str], Mapping[str, object]]
    """The params of send and stream, for a text."""
    task: Callable[[Any], Mapping[str, Any]]
    """The task in a result that holds one."""
    working: bytes
    completed: bytes

    def template(self, method: str, text: str) -> "Template":
        """Requests with this text, each with ids of its own."""
        return Template(self, method, self.message(text))

    def subscription(self, task_id: str) -> "Template":
        """Requests to read along with a task."""
        return Template(self, self.subscribe, {"id": task_id})


def _message_0_3(text: str) -> Mapping[str, object]:
    parts = [{"kind": "text", "text": text}]
    return {"message": {"kind": "message", "role": "user", "messageId": ID_PLACE, "parts": parts}}


def _message_1_0(text: str) -> Mapping[str, object]:
    parts = [{"text": text}]
    return {"message": {"role": "ROLE_USER", "messageId": ID_PLACE, "parts": parts}}


DIALECTS = {
    "0.3": Dialect(
        version="0.3",
        send="message/send",
        stream="message/stream",
        subscribe="tasks/resubscribe",
        header="",
        message=_message_0_3,
        task=lambda result: result,
        working=b'"working"',
        completed=b'"completed"',
    ),
    "1.0": Dialect(
        version="1.0",
        send="SendMessage",
        stream="SendStreamingMessage",
        subscribe="SubscribeToTask",
        header="A2A-Version: 1.0\r\n",
        message=_message_1_0,
        task=lambda result: result["task"],
        working=b'"TASK_STATE_WORKING"',
        completed=b'"TASK_STATE_COMPLETED"',
    ),
}


@dataclass(slots=True)
class Template:
    """Whole HTTP requests that differ only in their ids, which are all of one length."""

    dialect: Dialect
    method: str
    params: Mapping[str, object]
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _pieces: list[bytes] = field(init=False)
    _prefix: bytes = field(init=False)

    def __post_init__(self) -> None:
        self._prefix = secrets.token_hex(8).encode()
        call = {"jsonrpc": "2.0", "id": ID_PLACE, "method": self.method, "params": self.params}
        pieces = json.dumps(call, separators=(",", ":")).encode().split(ID_PLACE.encode())
        length = sum(map(len, pieces)) + (len(pieces) - 1) * len(self._next_id())
        streams = self.method != self.dialect.send
        head = (
            "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Accept: {'text/event-stream' if streams else 'application/json'}\r\n"
            f"{self.dialect.header}Content-Length: {length}\r\n\r\n"
        )
        self._pieces = [head.encode() + pieces[0], *pieces[1:]]

    def request(self) -> bytes:
        """One request with a fresh id: of the call, and of the message if it carries one."""
        return self._next_id().join(self._pieces)

    def _next_id(self) -> bytes:
        return b"%s-%08d" % (self._prefix, next(self._numbers))
