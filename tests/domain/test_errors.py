"""The errors of A2A and their codes."""

import pytest

from a2a_agent.domain.errors import (
    A2AError,
    Busy,
    ContentTypeNotSupported,
    ExtensionSupportRequired,
    InvalidParams,
    InvalidRequest,
    MethodNotFound,
    PushNotificationNotSupported,
    TaskNotCancelable,
    TaskNotFound,
    UnsupportedOperation,
    VersionNotSupported,
)


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (InvalidRequest, -32600, None),
        (MethodNotFound, -32601, None),
        (TaskNotFound, -32001, "TASK_NOT_FOUND"),
        (TaskNotCancelable, -32002, "TASK_NOT_CANCELABLE"),
        (PushNotificationNotSupported, -32003, "PUSH_NOTIFICATION_NOT_SUPPORTED"),
        (UnsupportedOperation, -32004, "UNSUPPORTED_OPERATION"),
        (ContentTypeNotSupported, -32005, "CONTENT_TYPE_NOT_SUPPORTED"),
        (ExtensionSupportRequired, -32008, "EXTENSION_SUPPORT_REQUIRED"),
        (VersionNotSupported, -32009, "VERSION_NOT_SUPPORTED"),
        (Busy, -32000, None),
    ],
)
def test_error_has_its_code_its_reason_and_its_message(
    error: type[A2AError], code: int, reason: str | None
) -> None:
    raised = error("what was wrong")

    assert (raised.code, raised.reason, raised.message, str(raised)) == (
        code,
        reason,
        "what was wrong",
        "what was wrong",
    )


def test_message_of_invalid_params_names_every_field() -> None:
    error = InvalidParams(("id", "is missing"), ("pageSize", "must be 1 to 100"))

    assert (error.code, error.message, error.violations) == (
        -32602,
        "id: is missing; pageSize: must be 1 to 100",
        (("id", "is missing"), ("pageSize", "must be 1 to 100")),
    )
