"""What went wrong on the way to an agent, in words."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from a2a_agent.cli.errors import CommandError, ProtocolError, UnreachableError

_TRY_LATER = frozenset({429, 502, 503, 504})


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Turns what httpx raises about this URL into UnreachableError or ProtocolError."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise UnreachableError(f"{url} did not answer in time") from error
    except httpx.TransportError as error:
        raise UnreachableError(_transport_failure(url, error)) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ProtocolError(f"{url}: {error}") from error


def refused(response: httpx.Response, otherwise: str) -> CommandError:
    """The error for an HTTP status that is no success."""
    status = f"{response.status_code} {response.reason_phrase}".strip()
    if response.status_code in {401, 403}:
        return ProtocolError(
            f"{response.url} refuses with {status}; "
            "credentials go into --header 'Authorization: Bearer …'"
        )
    if response.status_code in _TRY_LATER:
        return UnreachableError(f"{response.url} answers {status}; try again later")
    return ProtocolError(f"{otherwise} ({status})")


def _transport_failure(url: str, error: httpx.TransportError) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate of {url} is not trusted: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return f"no secure connection to {url}: {cause.reason}"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.ConnectError):
        return f"cannot connect to {url}: {error}"
    return f"the connection to {url} broke: {str(error) or type(error).__name__}"
