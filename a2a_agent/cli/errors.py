"""What stops a command, told apart by the exit code it leads to.

CommandError
├── UsageError         2    what was typed cannot be carried out
├── ServeError         1    the server cannot start
├── UnreachableError   5    no connection, or one that broke
└── ProtocolError      5    somebody answers, but not as an A2A agent does
    └── RpcError       5    the agent answered with a JSON-RPC error: `code`

Each says in one line what was wrong and, where that helps, what would be right.
"""

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """How a command ends: for those that follow a task, by the task's state."""

    meaning: str
    """As the documents have it."""

    COMPLETED = 0, "The task is completed; for other commands, all went well."
    FAILED = 1, "The task failed or was rejected; for `serve`, the server could not start."
    USAGE = 2, "What was typed cannot be carried out."
    INPUT_REQUIRED = 3, "The task waits for an answer, or for the client to authenticate."
    CANCELED = 4, "The task was canceled."
    UNREACHABLE = 5, "No connection, no A2A agent at the other end, or the agent refuses."
    INTERRUPTED = 130, "Ctrl-C, for all but `serve`."

    def __new__(cls, value: int, meaning: str) -> "ExitCode":
        code = int.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        return code


class CommandError(Exception):
    """A command cannot go on."""

    exit_code: ClassVar[ExitCode]


class UsageError(CommandError):
    """What was typed cannot be carried out."""

    exit_code = ExitCode.USAGE


class ServeError(CommandError):
    """The server cannot start."""

    exit_code = ExitCode.FAILED


class UnreachableError(CommandError):
    """There is no connection, or it broke; another try may work."""

    exit_code = ExitCode.UNREACHABLE


class ProtocolError(CommandError):
    """What answers does not speak A2A."""

    exit_code = ExitCode.UNREACHABLE


class RpcError(ProtocolError):
    """The agent's JSON-RPC error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"the agent answers: {message} ({code})")
        self.code = code
