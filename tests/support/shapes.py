"""Whether replies have the shapes that the schemas of their version say."""

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

import schemas
from tests.support.dialects import DIALECTS, Dialect, Json

_RESULTS = {
    method: (dialect.version, shape)
    for dialect in DIALECTS
    for method, shape in {
        dialect.send: "SendMessageResult" if dialect.is_old else "SendMessageResponse",
        dialect.stream: "StreamResult" if dialect.is_old else "StreamResponse",
        dialect.subscribe: "StreamResult" if dialect.is_old else "StreamResponse",
        dialect.get: "Task",
        dialect.cancel: "Task",
        dialect.list: "ListTasksResult" if dialect.is_old else "ListTasksResponse",
    }.items()
}


@cache
def _validator(version: str, name: str) -> Draft202012Validator:
    return Draft202012Validator(schemas.load(version, name))


def check_shape(version: str, name: str, value: Any) -> None:
    """Raises jsonschema.ValidationError for a value that is no such thing."""
    _validator(version, name).validate(value)


def check_reply(dialect: Dialect, method: str, reply: Json) -> None:
    """Raises jsonschema.ValidationError for what is no reply to the method."""
    check_shape("jsonrpc", "Response", reply)
    if "error" in reply:
        check_shape(dialect.version, "Error", reply["error"])
    else:
        check_shape(*_RESULTS[method], reply["result"])
