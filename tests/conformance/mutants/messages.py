"""What goes over HTTP between a client and an application: requests, answers, events of streams.

Header names are in lower case; of a header that comes twice the last line is kept.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.types import Message, Scope

from conformance.dialects import DIALECTS, V0_3, V1_0, Dialect, Frame, Operation

_OPERATIONS = {
    name: operation for dialect in DIALECTS.values() for operation, name in dialect.methods.items()
}


def parsed(body: bytes) -> Any:
    """The JSON in a body; None where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request."""

    verb: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_card(self) -> bool:
        """Whether it is for the card."""
        return "agent-card" in self.path

    @property
    def is_rpc(self) -> bool:
        """Whether it is JSON-RPC."""
        return self.verb == "POST"

    @property
    def value(self) -> Any:
        """The JSON of the body."""
        return parsed(self.body)

    @property
    def members(self) -> Mapping[str, Any]:
        """The members of the JSON-RPC request; none where it is no object."""
        return self.value if self.is_rpc and isinstance(self.value, dict) else {}

    @property
    def params(self) -> Mapping[str, Any]:
        """The params of the request; none where they are no object."""
        params = self.members.get("params")
        return params if isinstance(params, dict) else {}

    @property
    def operation(self) -> Operation | None:
        """What is asked for, by a method of either version."""
        method = self.members.get("method")
        return _OPERATIONS.get(method) if isinstance(method, str) else None

    @property
    def is_notification(self) -> bool:
        """Whether it is a request without an id."""
        return "method" in self.members and "id" not in self.members

    @property
    def dialect(self) -> Dialect:
        """The version that it says."""
        return V1_0 if self.headers.get("a2a-version", "").startswith("1") else V0_3

    @property
    def scope(self) -> Mapping[str, Any]:
        """What ASGI knows of it."""
        headers = {**self.headers, "content-length": str(len(self.body))}
        return {
            "method": self.verb,
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query.encode("latin-1"),
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in headers.items()],
        }

    def saying(self, value: Any) -> "Asked":
        """The same with another body: JSON, or bytes as they are."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        return replace(self, body=body)

    def with_members(self, **members: Any) -> "Asked":
        """The same with other members of the JSON-RPC request."""
        return self.saying({**self.members, **members})

    def with_params(self, **params: Any) -> "Asked":
        """The same with other params beside those that there are."""
        return self.with_members(params={**self.params, **params})

    def with_headers(self, **headers: str) -> "Asked":
        """The same with other headers, hyphens written as underscores."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **more})

    def without_header(self, name: str) -> "Asked":
        """The same without a header."""
        return replace(self, headers={k: v for k, v in self.headers.items() if k != name})

    @classmethod
    def of(cls, scope: Scope, body: bytes) -> "Asked":
        """The request that ASGI tells of."""
        return cls(
            verb=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            headers={k.decode(): v.decode("latin-1") for k, v in scope["headers"]},
            body=body,
        )


_JSON_HEADERS = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole response that is no stream."""

    status: int = 200
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def value(self) -> Any:
        """The JSON of the body; None where it is none."""
        return parsed(self.body)

    def saying(self, value: Any) -> "Answer":
        """The same with another body: JSON, or bytes as they are."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        return replace(self, body=body)

    def with_headers(self, **headers: str) -> "Answer":
        """The same with other headers, hyphens written as underscores."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **more})

    def without_header(self, name: str) -> "Answer":
        """The same without a header."""
        return replace(self, headers={k: v for k, v in self.headers.items() if k != name})

    @classmethod
    def of(cls, start: Message, body: bytes) -> "Answer":
        """The response that an application gave."""
        headers = {k.decode(): v.decode("latin-1") for k, v in start["headers"]}
        return cls(status=start["status"], headers=headers, body=body)

    @classmethod
    def of_json(cls, value: Any, status: int = 200) -> "Answer":
        """A response with JSON."""
        return cls(status=status, headers=_JSON_HEADERS, body=json.dumps(value).encode())

    @classmethod
    def empty(cls, status: int, **headers: str) -> "Answer":
        """A response without a body."""
        return cls(status=status, headers=headers)


def error(code: int, asked: Asked | None = None, **members: Any) -> Answer:
    """The response with a JSON-RPC error, to this request if one is given."""
    request_id = asked.members.get("id") if asked is not None else None
    said = {"code": code, "message": "This is refused.", **members}
    return Answer.of_json({"jsonrpc": "2.0", "id": request_id, "error": said})


def result(value: Any, asked: Asked) -> Answer:
    """The response with a JSON-RPC result to this request."""
    return Answer.of_json({"jsonrpc": "2.0", "id": asked.members.get("id"), "result": value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event of a stream; `value` is the JSON-RPC response in it, None in a comment."""

    value: Any
    others: tuple[bytes, ...] = ()
    """The lines that are no data, such as its id."""
    indent: int | None = None
    end: bytes = b"\n\n"

    @property
    def encoded(self) -> bytes:
        """The lines of the event."""
        if self.value is None:
            return b"\n".join(self.others) + self.end
        lines = json.dumps(self.value, indent=self.indent).encode().split(b"\n")
        return b"\n".join([*self.others, *(b"data: " + line for line in lines)]) + self.end

    @property
    def result(self) -> dict[str, Any]:
        """The result in it; empty where there is none."""
        found = self.value.get("result") if isinstance(self.value, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def frame(self) -> Frame:
        """The result as it is read: its kind, its state, and the object itself."""
        return (V0_3 if "kind" in self.result else V1_0).frame(self.result)

    def saying(self, value: Any) -> "Event":
        """The same with another response."""
        return replace(self, value=value)

    def with_result(self, result: Any) -> "Event":
        """The same with another result."""
        return self.saying({**self.value, "result": result})

    def with_body(self, **members: Any) -> "Event":
        """The same with other members of the task, message or update in it."""
        if "kind" in self.result:
            return self.with_result({**self.result, **members})
        return self.with_result({name: {**body, **members} for name, body in self.result.items()})

    @classmethod
    def of(cls, text: bytes) -> "Event":
        """The event of these lines, as our application writes them: one line of data at most."""
        lines = text.split(b"\n")
        data = [parsed(line.removeprefix(b"data: ")) for line in lines if line.startswith(b"data:")]
        others = tuple(line for line in lines if line and not line.startswith(b"data:"))
        return cls(value=data[0] if data else None, others=others)
