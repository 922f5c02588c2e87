"""How a run ends that the model or its server did not let go on."""

import httpx
from openai import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    OpenAIError,
    PermissionDeniedError,
    RateLimitError,
)

from a2a_agent.agents.openai.model import BadAnswer, CutOff
from a2a_agent.domain.agent_events import RunFinished
from a2a_agent.domain.model import TaskState

FAILURES = (CutOff, BadAnswer, OpenAIError, httpx.RequestError)
"""What asking a model raises. Older client libraries let httpx's own errors through."""

SENTENCES = {
    "model-authentication": "The model's server does not accept this agent's key.",
    "model-rate-limited": "The model's server is too busy; try again later.",
    "model-unavailable": "The model is not there, or cannot be reached.",
    "model-timeout": "The model took too long to answer.",
    "model-cut-off": "The connection to the model was lost in the middle of its answer.",
    "model-bad-answer": "The model's server sent what is no answer.",
    "model-refused-request": "The model's server does not take this request.",
    "context-too-long": "The conversation is longer than the model can take.",
    "max-steps": "The agent did not come to an end within its number of steps.",
    "length": "The model's answer is cut: it reached its limit of length.",
    "content-filter": "The model's server held the answer back.",
    "output-invalid": "The model's answer is not the JSON that was asked for.",
}
"""What a client reads, by reason."""

_TOO_LONG = (
    "context_length",
    "context length",
    "context_size",
    "context size",
    "context window",
    "maximum context",
    "too many tokens",
    "prompt is too long",
)
"""How servers say that the conversation is too long: OpenAI, vLLM, llama.cpp and others."""
_MOST_LOGGED = 100
"""Characters of a server's code for an error that the log is told."""


def failed(reason: str, error: str | None = None) -> RunFinished:
    """The end of a run that failed for this reason; `error` is for the log."""
    return RunFinished(
        state=TaskState.FAILED, reason=reason, message=SENTENCES[reason], error=error
    )


def failure(error: Exception) -> RunFinished:
    """The end that one of the `FAILURES` means."""
    return failed(_reason(error), _for_the_log(error))


def _for_the_log(error: Exception) -> str:
    """What kind of error it is. A server's own words may repeat the key, or what it was asked."""
    told: list[object] = []
    if isinstance(error, CutOff | BadAnswer):
        told = [error]
    elif isinstance(error, APIError):
        told = [getattr(error, "status_code", None), error.code, error.type]
    said = " ".join(str(word)[:_MOST_LOGGED] for word in told if word is not None)
    said = "".join(filter(str.isprintable, said))
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _reason(error: Exception) -> str:
    match error:
        case CutOff():
            return "model-cut-off"
        case BadAnswer():
            return "model-bad-answer"
        case APITimeoutError() | httpx.TimeoutException():
            return "model-timeout"
        case APIConnectionError() | httpx.RequestError():
            return "model-unavailable"
        case AuthenticationError() | PermissionDeniedError():
            return "model-authentication"
        case APIError() if _is_too_long(error):
            return "context-too-long"
        case RateLimitError():
            return "model-rate-limited"
        case APIStatusError() if error.status_code in (400, 413, 422):
            return "model-refused-request"
        case APIStatusError():
            return "model-unavailable"
        case APIError() if error.code in ("rate_limit_exceeded", "429"):
            return "model-rate-limited"
        case _:
            return "model-unavailable"


def _is_too_long(error: APIError) -> bool:
    said = f"{error.code} {error.type} {error.message}".lower()
    return any(words in said for words in _TOO_LONG)
