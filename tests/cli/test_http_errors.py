import ssl

import httpx
import pytest

from a2a_agent.cli.errors import ProtocolError, UnreachableError
from a2a_agent.cli.http_errors import explained, refused

URL = "https://example.com/"


def words(error: Exception) -> str:
    with pytest.raises((UnreachableError, ProtocolError)) as raised, explained(URL):
        raise error
    return str(raised.value)


def caused(error: httpx.TransportError, cause: Exception) -> httpx.TransportError:
    error.__cause__ = cause
    return error


def test_nothing_is_changed_where_nothing_goes_wrong() -> None:
    with explained(URL):
        done = True

    assert done


@pytest.mark.parametrize("error", [httpx.ReadTimeout("x"), httpx.ConnectTimeout("x")])
def test_silence_is_named(error: httpx.TransportError) -> None:
    assert words(error) == "https://example.com/ did not answer in time"


def test_certificate_that_is_not_trusted_is_named() -> None:
    cause = ssl.SSLCertVerificationError(1, "self-signed certificate")
    cause.verify_message = "self-signed certificate"

    assert words(caused(httpx.ConnectError("x"), cause)) == (
        "the certificate of https://example.com/ is not trusted: self-signed certificate"
    )


def test_other_trouble_with_tls_is_named() -> None:
    cause = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")
    cause.reason = "WRONG_VERSION_NUMBER"

    assert words(caused(httpx.ConnectError("x"), cause)) == (
        "no secure connection to https://example.com/: WRONG_VERSION_NUMBER"
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (httpx.ConnectError("refused"), "cannot connect to https://example.com/: refused"),
        (httpx.ReadError(""), "the connection to https://example.com/ broke: ReadError"),
        (httpx.InvalidURL("bad"), "https://example.com/: bad"),
        (httpx.TooManyRedirects("many"), "https://example.com/: many"),
    ],
)
def test_other_failures_are_named(error: Exception, said: str) -> None:
    assert words(error) == said


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (
            401,
            "https://example.com/ refuses with 401 Unauthorized; "
            "credentials go into --header 'Authorization: Bearer …'",
        ),
        (404, "it is none (404 Not Found)"),
        (429, "https://example.com/ answers 429 Too Many Requests; try again later"),
    ],
)
def test_refusal_says_what_would_help(status: int, said: str) -> None:
    response = httpx.Response(status, request=httpx.Request("POST", URL))

    assert str(refused(response, "it is none")) == said
