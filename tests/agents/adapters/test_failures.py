from typing import Any

import httpx
import pytest
from openai import APITimeoutError

from a2a_agent.agents.adapters.failures import failure_of, failure_said
from a2a_agent.domain.agent_events import RunFinished
from a2a_agent.domain.model import TaskState

REQUEST: Any = httpx.Request("POST", "http://model")


def caused(cause: Exception, *, hidden: bool = False) -> Exception:
    try:
        try:
            raise cause
        except Exception as error:
            if hidden:
                raise RuntimeError("the step failed")  # noqa: B904  # as frameworks do
            raise RuntimeError("the step failed") from error
    except RuntimeError as error:
        return error


@pytest.mark.parametrize(
    "error",
    [
        APITimeoutError(REQUEST),
        caused(APITimeoutError(REQUEST)),
        caused(APITimeoutError(REQUEST), hidden=True),
        caused(caused(APITimeoutError(REQUEST))),
        ExceptionGroup("of a task group", [KeyError("x"), caused(APITimeoutError(REQUEST))]),
        caused(ExceptionGroup("of a task group", [APITimeoutError(REQUEST)])),
    ],
)
def test_failure_of_the_models_server_is_found_among_the_causes(error: Exception) -> None:
    end = failure_of(error)

    assert end is not None
    assert (end.state, end.reason, end.error) == (
        TaskState.FAILED,
        "model-timeout",
        "APITimeoutError",
    )


def test_other_failures_mean_nothing() -> None:
    one, other = RuntimeError("one"), RuntimeError("other")
    one.__cause__, other.__cause__ = other, one

    assert failure_of(one) is None


@pytest.mark.parametrize(
    ("said", "reason", "logged"),
    [
        ("Error code: 401 - {'error': …}", "model-authentication", "answered 401"),
        ("AuthenticationError: Error code: 403", "model-authentication", "answered 403"),
        ("Error code: 429 - Rate limit reached.", "model-rate-limited", "answered 429"),
        ("Error code: 500 - {}", "model-unavailable", "answered 500"),
        ("error code: 400", "model-refused-request", "answered 400"),
        ("Connection error.", "model-unavailable", "a connection error"),
        ("Error in step 0: Connection error.", "model-unavailable", "a connection error"),
        ("Client error '401 Unauthorized' for url 'http://model'", "model-authentication", "401"),
        ("Server error '503 Service Unavailable' for url", "model-unavailable", "answered 503"),
        ("peer closed connection without …", "model-cut-off", "a peer closed connection"),
        ("Request timed out.", "model-timeout", "a request timed out"),
        ("Incorrect API key provided: sk-1", "model-authentication", "a api key"),
    ],
)
def test_what_a_framework_says_of_the_model_becomes_a_reason(
    said: str, reason: str, logged: str
) -> None:
    end = failure_said(said)

    assert (end.state, end.reason) == (TaskState.FAILED, reason)
    assert end.error is not None and logged in end.error
    assert "sk-1" not in end.error


def test_what_else_a_framework_says_goes_to_the_log() -> None:
    assert failure_said("KeyError: 'x'" + "." * 1_000) == RunFinished(
        state=TaskState.FAILED, reason="agent-error", error="KeyError: 'x'" + "." * 487
    )


@pytest.mark.parametrize("said", ["HTTP 200, but no answer", "status code: 302", "HTTP 007"])
def test_status_that_is_no_failure_says_nothing_of_the_models_server(said: str) -> None:
    assert failure_said(said).reason == "agent-error"


def test_what_is_said_may_be_an_object() -> None:
    assert failure_said(ValueError("Error code: 429")).reason == "model-rate-limited"
    assert failure_said({"a": 1}).error == "{'a': 1}"


@pytest.mark.parametrize("said", [None, ""])
def test_framework_that_says_nothing_has_failed(said: str | None) -> None:
    assert failure_said(said) == RunFinished(state=TaskState.FAILED, reason="agent-error")
