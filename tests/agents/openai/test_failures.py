from typing import Any

import httpx
import openai
import pytest

from a2a_agent.agents.openai.failures import FAILURES, SENTENCES, failed, failure
from a2a_agent.agents.openai.model import BadAnswer, CutOff
from a2a_agent.domain.agent_events import RunFinished
from a2a_agent.domain.model import TaskState

REQUEST: Any = httpx.Request("POST", "http://127.0.0.1/v1/chat/completions")


def status(number: int, message: str = "No.", /, **body: Any) -> openai.APIStatusError:
    """The client library's error for a refusal."""
    kinds = {
        400: openai.BadRequestError,
        401: openai.AuthenticationError,
        403: openai.PermissionDeniedError,
        404: openai.NotFoundError,
        422: openai.UnprocessableEntityError,
        429: openai.RateLimitError,
        500: openai.InternalServerError,
    }
    response: Any = httpx.Response(number, request=REQUEST)
    return kinds.get(number, openai.APIStatusError)(message, response=response, body=body)


def in_stream(message: str = "No.", /, **body: Any) -> openai.APIError:
    """The client library's error for an error in the middle of a stream."""
    return openai.APIError(message, request=REQUEST, body=body)


ERRORS: list[tuple[Exception, str]] = [
    (CutOff("the stream ended"), "model-cut-off"),
    (BadAnswer("TypeError"), "model-bad-answer"),
    (openai.APITimeoutError(request=REQUEST), "model-timeout"),
    (httpx.ReadTimeout("no news"), "model-timeout"),
    (openai.APIConnectionError(request=REQUEST), "model-unavailable"),
    (httpx.ConnectError("refused"), "model-unavailable"),
    (status(401), "model-authentication"),
    (status(403), "model-authentication"),
    (status(429), "model-rate-limited"),
    (status(429, code="insufficient_quota"), "model-rate-limited"),
    (status(400), "model-refused-request"),
    (status(413), "model-refused-request"),
    (status(422), "model-refused-request"),
    (status(404), "model-unavailable"),
    (status(500), "model-unavailable"),
    (status(503), "model-unavailable"),
    (in_stream(code="rate_limit_exceeded"), "model-rate-limited"),
    (in_stream(code="429"), "model-rate-limited"),
    (in_stream(code="server_error"), "model-unavailable"),
    (openai.OpenAIError("something else"), "model-unavailable"),
]


@pytest.mark.parametrize(("error", "reason"), ERRORS)
def test_a_failure_has_its_reason_and_its_sentence(error: Exception, reason: str) -> None:
    assert isinstance(error, FAILURES)
    end = failure(error)
    assert (end.state, end.reason, end.message) == (TaskState.FAILED, reason, SENTENCES[reason])


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (CutOff("the answer ended with 'error'"), "CutOff: the answer ended with 'error'"),
        (httpx.ConnectError("the key is secret"), "ConnectError"),
        (openai.APIConnectionError(request=REQUEST), "APIConnectionError"),
        (status(500, "The key is secret."), "InternalServerError: 500"),
        (
            status(401, "The key is secret.", code="invalid_api_key", type="auth"),
            "AuthenticationError: 401 invalid_api_key auth",
        ),
        (in_stream("The key is secret.", code=7), "APIError: 7"),
        (in_stream(code="bad\nkey", type="a\x1b[0m"), "APIError: badkey a[0m"),
        (status(400, code="x" * 2_000), f"BadRequestError: 400 {'x' * 100}"),
        (openai.OpenAIError("the key is secret"), "OpenAIError"),
    ],
)
def test_the_log_is_not_told_what_the_server_says(error: Exception, told: str) -> None:
    assert failure(error).error == told


@pytest.mark.parametrize(
    "error",
    [
        status(400, code="context_length_exceeded"),
        status(
            400,
            "This model's maximum context length is 4096 tokens. However, you requested 5000 "
            "tokens in the messages, Please reduce the length of the messages.",
            code=400,
            type="BadRequestError",
        ),
        status(
            400,
            "the request exceeds the available context size, try increasing it",
            code=400,
            type="exceed_context_size_error",
        ),
        status(400, "prompt is too long: 210000 tokens > 200000 maximum"),
        status(413, "Input has too many tokens."),
        status(429, "Request too large: too many tokens per request."),
        status(500, "The input exceeds the context window of this model."),
        in_stream("Your input exceeds the context window.", code="context_length_exceeded"),
    ],
)
def test_a_conversation_that_is_too_long_is_known_by_the_servers_words(
    error: openai.APIError,
) -> None:
    assert failure(error).reason == "context-too-long"


@pytest.mark.parametrize("reason", SENTENCES)
def test_a_run_can_fail_for_each_reason(reason: str) -> None:
    assert failed(reason) == RunFinished(
        state=TaskState.FAILED, reason=reason, message=SENTENCES[reason]
    )
