"""Everything that can go wrong, told apart by whose fault it is.

A2AError                        the caller's request cannot be served; answered with `code`
├── InvalidRequest   -32600
├── MethodNotFound   -32601
├── InvalidParams    -32602     `violations`: (field, what is wrong with it)
├── TaskNotFound     -32001     … and the other codes of A2A, down to -32009
└── Busy             -32000     a limit of the server is reached: HTTP 429
IllegalEvent                    the agent broke the rules; its task ends `failed`
StoreUnavailable                the store failed: our fault, answered -32603
"""

from typing import ClassVar


class A2AError(Exception):
    """A request that is refused. The message is for the client: no internals in it."""

    code: ClassVar[int] = -32603
    reason: ClassVar[str | None] = None
    """The `reason` of 1.0's ErrorInfo; None for the errors of JSON-RPC itself."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidRequest(A2AError):
    """The body is no JSON-RPC 2.0 request object."""

    code = -32600


class MethodNotFound(A2AError):
    """The version in force has no such method."""

    code = -32601


class InvalidParams(A2AError):
    """Parameters that break the rules, each with its field and what is wrong with it."""

    code = -32602

    def __init__(self, *violations: tuple[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {said}" for field, said in violations))
        self.violations = violations


class TaskNotFound(A2AError):
    """No such task for this caller."""

    code = -32001
    reason = "TASK_NOT_FOUND"


class TaskNotCancelable(A2AError):
    """The task has ended."""

    code = -32002
    reason = "TASK_NOT_CANCELABLE"


class PushNotificationNotSupported(A2AError):
    """The card declares no push notifications."""

    code = -32003
    reason = "PUSH_NOTIFICATION_NOT_SUPPORTED"


class UnsupportedOperation(A2AError):
    """The endpoint, or the task in its state, cannot do this."""

    code = -32004
    reason = "UNSUPPORTED_OPERATION"


class ContentTypeNotSupported(A2AError):
    """The agent does not take, or cannot give, such media types."""

    code = -32005
    reason = "CONTENT_TYPE_NOT_SUPPORTED"


class ExtensionSupportRequired(A2AError):
    """A required extension was not listed by the client."""

    code = -32008
    reason = "EXTENSION_SUPPORT_REQUIRED"


class VersionNotSupported(A2AError):
    """The protocol version asked for is not served."""

    code = -32009
    reason = "VERSION_NOT_SUPPORTED"


class Busy(A2AError):
    """A limit on what runs at the same time is reached; later it may work."""

    code = -32000
    retry_after_seconds: ClassVar[int] = 1


class IllegalEvent(Exception):
    """An event that may not follow what the log holds; nothing was changed."""


class StoreUnavailable(Exception):
    """The store could not do its work; the cause is chained."""
