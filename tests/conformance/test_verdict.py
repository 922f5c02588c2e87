"""What is kept of a requirement that is broken: enough to show it, and no more."""

import shlex
from dataclasses import replace

import pytest

from conformance.exchange import Exchange
from conformance.redaction import Redaction
from conformance.verdict import Record
from tests.conformance.accounts import EXCHANGE, requirement


def record() -> Record:
    return Record(requirement("a.b"), "1.0")


def test_first_three_different_findings_are_kept_and_the_rest_are_counted() -> None:
    seen = record()
    for got in ("a", "b", "a", "a", "c", "d", "a"):
        seen.breach("x", got)

    result = seen.result()

    assert [one.got for one in result.findings] == ["a", "b", "c"]
    assert result.more_findings == 4


def test_findings_that_differ_only_in_what_is_not_shown_are_the_same() -> None:
    seen = record()
    seen.breach("x", "y" * 10_000 + "1")
    seen.breach("x", "y" * 10_000 + "2")

    assert (len(seen.findings), seen.more_findings) == (1, 1)


@pytest.mark.parametrize("sign", ["y", "\x00", "\U0001f600", "'"])
def test_what_is_kept_is_small_however_much_came(sign: str) -> None:
    much = sign * 1_000_000
    exchange = Exchange(
        method=much,
        url=f"http://agent.example/{much}",
        request_headers={f"{number}{sign * 1_000}": much for number in range(300)},
        request_body=much.encode(),
        response_headers={"content-type": much},
        response_body=much.encode(),
        status=200,
        trouble=much,
    )
    seen = record()
    for number in range(9):
        seen.breach(f"{number}{much}", much, exchange, "c.d")
    seen.miss(much, much)
    seen.fail(much)

    kept = [text for one in seen.findings for text in (one.expected, one.got, one.curl, one.answer)]
    assert sum(map(len, (*kept, seen.reason, seen.how, seen.fault))) < 70_000


def test_body_that_is_too_long_for_a_command_is_told_of_beside_it() -> None:
    shown = replace(EXCHANGE, request_body=b'{"a":\n "' + b"x" * 9_000).curl(Redaction())

    command, _, told = shown.partition("  # ")
    assert shlex.split(command)[-2:] == ["--data-binary", "@body"]
    assert told == 'body: 9,008 bytes, {"a": "' + "x" * 192 + "…"


def test_body_that_fits_is_on_the_command_line_as_it_was_sent() -> None:
    body = '{"a": "' + "x" * 3_900 + "'\\n\n\"}"

    shown = replace(EXCHANGE, request_body=body.encode()).curl(Redaction())

    assert shlex.split(shown)[-2:] == ["--data-binary", body]
