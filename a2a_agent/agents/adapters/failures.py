"""How a run ends whose framework has failed: by what it raised, or by what it said of that."""

import re

from a2a_agent.agents.openai.failures import FAILURES, failed, failure
from a2a_agent.domain.agent_events import RunFinished
from a2a_agent.domain.model import TaskState

_STATUS = re.compile(
    r"\b(?:Error code|status code|HTTP|Client error|Server error)\W{1,3}([45]\d\d)\b", re.IGNORECASE
)
_REASONS = {401: "model-authentication", 403: "model-authentication", 429: "model-rate-limited"}
_MOST_LOGGED = 500
_REFUSED = (400, 413, 422)
_PHRASES = (
    ("peer closed connection", "model-cut-off"),
    ("incomplete chunked read", "model-cut-off"),
    ("connection error", "model-unavailable"),
    ("connection refused", "model-unavailable"),
    ("internal server error", "model-unavailable"),
    ("rate limit", "model-rate-limited"),
    ("api key", "model-authentication"),
    ("request timed out", "model-timeout"),
)


def failure_of(error: BaseException) -> RunFinished | None:
    """The end that an exception means, if it, one of its group, or what caused it, is about the
    model's server."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        cause = waiting.pop(0)
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        if isinstance(cause, FAILURES):
            return failure(cause)
        if isinstance(cause, BaseExceptionGroup):
            waiting += cause.exceptions
        waiting.append(cause.__cause__ or cause.__context__)
    return None


def failure_said(error: object) -> RunFinished:
    """The end that a framework's words about an error mean; they go to the log, if anywhere."""
    said = "" if error is None else str(error)
    status = _STATUS.search(said)
    if status is not None:
        code = int(status[1])
        refused = "model-refused-request" if code in _REFUSED else "model-unavailable"
        return failed(_REASONS.get(code, refused), f"the model's server answered {code}")
    for phrase, reason in _PHRASES:
        if phrase in said.lower():
            return failed(reason, f"the framework speaks of a {phrase}")
    return agent_failed(said)


def agent_failed(said: str) -> RunFinished:
    """The end of a run that failed, whatever the words are about; they go to the log alone."""
    return RunFinished(
        state=TaskState.FAILED, reason="agent-error", error=said[:_MOST_LOGGED] or None
    )
