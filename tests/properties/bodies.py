"""Requests as anybody may send them: legal ones, changed here and there, down to plain bytes."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeAlias

from hypothesis import strategies as st

from tests.support.dialects import DIALECTS, Dialect, Json
from tests.support.endpoint import JSON_HEADERS

STREAM_URI = "urn:a2a-agent:stream:v1"

ASKED, ENDED, UNKNOWN = "$asked", "$ended", "00000000-0000-4000-8000-000000000000"
"""Ids of tasks; the first two are replaced by those of tasks that are there."""

Place: TypeAlias = tuple[Any, Any]
"""A member of an object or a list: what holds it, and its name or index."""


@dataclass(frozen=True, slots=True)
class Post:
    """A request to the endpoint."""

    body: bytes
    headers: dict[str, str]

    @classmethod
    def of(cls, request: Json, dialect: Dialect) -> "Post":
        """A request as it should be."""
        return cls(json.dumps(request).encode(), {**JSON_HEADERS, **dialect.headers})

    def with_tasks(self, asked: str, ended: str) -> bytes:
        """The body with the ids of tasks that are there."""
        return self.body.replace(ASKED.encode(), asked.encode()).replace(
            ENDED.encode(), ended.encode()
        )


def _parts(dialect: Dialect) -> list[Json]:
    if dialect.is_old:
        return [
            {"kind": "text", "text": "Hello?", "metadata": {"a": 1}},
            {"kind": "data", "data": {"a": [1, None, {"b": 2.5}]}},
            {"kind": "file", "file": {"bytes": "aGk=", "mimeType": "a/b", "name": "f"}},
            {"kind": "file", "file": {"uri": "https://example.org/f"}},
        ]
    return [
        {"text": "Hello?", "mediaType": "text/plain", "metadata": {"a": 1}},
        {"data": {"a": [1, None, {"b": 2.5}]}, "filename": "f"},
        {"raw": "aGk=", "mediaType": "a/b", "filename": "f"},
        {"url": "https://example.org/f"},
    ]


def _messages(dialect: Dialect) -> Iterator[Json]:
    parts = _parts(dialect)
    yield dialect.message("Hello")
    yield dialect.message("ask")
    yield dialect.message("Hello", messageId="always the same")
    yield dialect.message("Hello", taskId=ASKED)
    yield dialect.message("ask", taskId=ASKED)
    yield dialect.message("Hello", taskId=ENDED)
    yield dialect.message(
        parts=parts,
        contextId="a context",
        metadata={"a": {"b": [1]}},
        extensions=["urn:x"],
        referenceTaskIds=[ENDED],
    )


def _requests(dialect: Dialect) -> Iterator[Json]:
    """Legal requests of all methods, with all that may be in them."""
    by_method: dict[str, list[Any]] = {
        method: [{"taskId": ENDED, "id": "1"}]
        for method in (*dialect.push_methods, dialect.extended_card)
    }
    configuration = {
        "acceptedOutputModes": ["text/plain", "image/*"],
        "historyLength": 2,
        **dialect.no_waiting,
    }
    wish = {STREAM_URI: {"mode": "all", "coalesceMs": 1}}
    for method in (dialect.send, dialect.stream):
        by_method[method] = [{"message": message} for message in _messages(dialect)]
        by_method[method] += [
            {"message": message, "configuration": configuration, "metadata": wish, "tenant": "t"}
            for message in _messages(dialect)
        ]
    for method in (dialect.get, dialect.cancel, dialect.subscribe):
        by_method[method] = [
            {"id": task_id, "historyLength": 1, "metadata": wish, "tenant": ""}
            for task_id in (ASKED, ENDED, UNKNOWN)
        ]
    by_method[dialect.list] = [
        {},
        {
            "contextId": "a context",
            "status": dialect.state("completed"),
            "pageSize": 3,
            "pageToken": "MTc2MDAwMDAwMDAwMDpmMDA=",
            "historyLength": 1,
            "statusTimestampAfter": "2025-10-28T10:30:00.000Z",
            "includeArtifacts": True,
        },
    ]
    for method, all_params in by_method.items():
        for params in all_params:
            yield {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


REQUESTS = {dialect: list(_requests(dialect)) for dialect in DIALECTS}
_NAMES = sorted(
    {"params", "result", "jsonrpc", "history_length", "message_id", "context_id", "self", "call"}
    | {"task_id", "page_size", "media_type", "kind", "text", "raw", "url", "data", "file", ""}
)
_DEEP: Any = 1
for _ in range(70):
    _DEEP = {"d": [_DEEP]}

_odd_values = st.sampled_from(
    [
        *(None, True, False, 0, -1, 1, 1.5, -0.0, 1e308, float("nan"), float("inf")),
        *(2**31 - 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63) - 1, 10**400),
        *("", "x", "\0", "\ud800", "\U0010ffff\u2028\x85", "A" * 5000, ASKED, ENDED, UNKNOWN),
        *("=", "A", "AA==", "é", "2025-10-28T10:30:00Z", "0001-01-01T00:00:00+14:00", "*/*", "/"),
        *("OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTph", "message/send", "GetTask", "user", "ROLE_AGENT"),
        *("submitted", "TASK_STATE_UNSPECIFIED", "text", "file", "task", "9" * 30),
        *([], {}, [[]], [None], {"": None}, _DEEP, [1] * 300, {"text": "x"}, {"kind": "text"}),
    ]
)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3)
    ),
    max_leaves=8,
)
_values = _odd_values.map(deepcopy) | _json


def _once_in(times: int) -> st.SearchStrategy[bool]:
    # The ends of a range are drawn more often than what is between.
    return st.integers(0, times + 1).map(lambda number: number == times // 2)


def _places(value: Any) -> Iterator[Place]:
    members: Any = ()
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    for name, member in members:
        yield value, name
        yield from _places(member)


def _change(draw: st.DrawFn, request: Any) -> Any:
    """The request with one change somewhere, most often in its params."""
    places = list(_places(request))
    if isinstance(request, dict) and not draw(_once_in(6)):
        places = list(_places(request.get("params"))) or places
    if not places:
        return draw(_values)
    holder, name = draw(st.sampled_from(places))
    match draw(st.sampled_from(["replace", "remove", "rename", "add", "copy", "wrap", "batch"])):
        case "remove":
            del holder[name]
        case "rename" if isinstance(holder, dict):
            holder[draw(st.sampled_from(_NAMES))] = holder.pop(name)
        case "add" if isinstance(holder, dict):
            holder[draw(st.sampled_from(_NAMES) | st.text(max_size=5))] = draw(_values)
        case "add":
            holder.insert(name, draw(_values))
        case "copy":
            other, other_name = draw(st.sampled_from(places))
            holder[name] = deepcopy(other[other_name])
        case "wrap":
            holder[name] = draw(st.sampled_from([[holder[name]], {"": holder[name]}]))
        case "batch" if draw(_once_in(10)):
            return [request]
        case _:
            holder[name] = draw(_values)
    return request


@st.composite
def _changed(draw: st.DrawFn, dialect: Dialect) -> Any:
    request: Any = deepcopy(draw(st.sampled_from(REQUESTS[dialect])))
    if draw(_once_in(10)):
        del request["id"]
    for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2, 3]))):
        request = _change(draw, request)
    return request


@st.composite
def _bytes_of(draw: st.DrawFn, value: Any) -> bytes:
    """The value as JSON, sometimes with bytes changed."""
    text = json.dumps(value, ensure_ascii=draw(st.booleans()))
    body = text.encode("utf-8", "surrogatepass")
    for _ in range(draw(st.sampled_from([0, 0, 0, 0, 0, 0, 0, 0, 1, 2]))):
        start = draw(st.integers(0, len(body)))
        end = start + draw(st.sampled_from([0, 1, 1, 10]))
        body = body[:start] + draw(st.binary(max_size=4)) + body[end:]
    return body


@st.composite
def posts(draw: st.DrawFn) -> Post:
    """A request of any kind."""
    dialect = draw(st.sampled_from(DIALECTS))
    one = _changed(dialect)
    value = st.lists(one, max_size=4) if draw(_once_in(8)) else one
    body = draw(st.binary(max_size=200) if draw(_once_in(20)) else value.flatmap(_bytes_of))
    headers = {**JSON_HEADERS, **dialect.headers}
    if draw(_once_in(10)):
        odd = st.sampled_from(["", "0.3", "1.0", "1.0.7", "1.7", "x", "1.", "٣", "\x80"])
        headers["A2A-Version"] = draw(odd)
    if draw(_once_in(4)):
        headers["A2A-Extensions"] = draw(st.sampled_from([STREAM_URI, ",", "\xff", "urn:x"]))
    if draw(_once_in(4)):
        odd = st.sampled_from(["", "0", "1", "2", "99", "-1", "x", "\xb2", "9" * 30])
        headers["Last-Event-ID"] = draw(odd)
    if draw(_once_in(30)):
        headers["Content-Type"] = draw(st.sampled_from(["text/plain", "application/a2a+json", ";"]))
    return Post(body, headers)
