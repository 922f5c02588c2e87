"""What was sent as a secret is shown nowhere, however an endpoint repeats it."""

import asyncio
import html
import json
import re
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

import conformance
from conformance.exchange import Exchange
from conformance.options import REPORTS
from conformance.redaction import Redaction
from conformance.verdict import Finding, Record
from tests.conformance.accounts import requirement
from tests.conformance.conftest import Run
from tests.conformance.endpoints import Answer, answering, http, listening

SECRET = "s3cr3t-Q\"u\\\\o'te/+&<=d"
TOKEN, OTHER, PIN = "s3cr3t-token-" + "Q" * 60, "0ther-" + "W" * 60, "12345"
ODD = Redaction({"Authorization": f"Bearer {SECRET}"})


@pytest.mark.parametrize(
    "echo",
    [
        SECRET,
        SECRET.lower(),
        f"Bearer {SECRET}",
        json.dumps(SECRET),
        json.dumps(json.dumps(SECRET)),
        json.dumps(SECRET).replace("/", "\\/"),
        json.dumps(SECRET).replace("&", "\\u0026").replace("<", "\\u003C"),
        repr(SECRET),
        repr({"message": json.dumps(SECRET)}),
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        quote_plus(f"Bearer {SECRET}"),
        html.escape(SECRET),
        html.escape(SECRET, quote=False),
    ],
)
def test_secret_is_hidden_in_each_form_in_which_it_comes_back(echo: str) -> None:
    shown = ODD.shown(f"not {echo} today", 1_000)

    assert re.fullmatch("not [\"'{}:message \\\\]*(Bearer[ +])?…[\"'}\\\\]* today", shown), shown


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("Bearer abc-def", "Bearer abc-def; abc-def; Bearer", "…; …; Bearer"),
        ("Basic dXNlcjpwdw==", "dXNlcjpwdw== is Basic", "… is Basic"),
        ("session=0a1b2c3d; theme=dark", "no 0a1b2c3d in the dark", "no … in the dark"),
        ('Digest username="bob", response="6629fae4"', "6629fae4 of bob", "… of bob"),
        ("abcdef", "xabcdefx ABCDEF", "x…x …"),
    ],
)
def test_secrets_of_a_header_are_its_value_and_the_credentials_in_it(
    value: str, text: str, expected: str
) -> None:
    assert Redaction({"X": value}).shown(text, 100) == expected


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("12345", 'the pin "12345"', 'the pin "…"'),
        ("12345", "pin_12345, 12345", "pin_…, …"),
        ("12345", "1234567 a12345 123456", "1234567 a12345 123456"),
        ("abc", "abc abcd", "… abcd"),
        ("7", "error 7: no 7", "error 7: no 7"),
    ],
)
def test_short_secrets_are_hidden_as_whole_words(value: str, text: str, expected: str) -> None:
    assert Redaction({"X": value}).shown(text, 100) == expected


@pytest.mark.parametrize("before", range(60))
def test_nothing_of_a_secret_is_left_where_the_text_is_cut(before: int) -> None:
    redaction = Redaction({"Authorization": "Bearer " + "S" * 40}, {"X": "S" * 20})

    shown = redaction.shown("y" * before + "S" * 40 + "z" * 100, 50)

    whole = "y" * before + "…" + "z" * 100
    assert shown.rstrip("…") == whole[:50].rstrip("…")


def test_text_after_many_secrets_is_shown_up_to_its_limit() -> None:
    redaction = Redaction({"Authorization": "Bearer abc-def"})

    assert redaction.shown("abc-def " * 30, 20) == "… " * 10 + "…"
    assert redaction.shown("abc-def " * 10, 20) == "… " * 10


def test_what_is_shown_is_clean_and_no_longer_than_asked_for() -> None:
    assert Redaction().shown("\x1b[2Jab", 8) == "\\u001b[2…"
    assert Redaction().shown("", 8) == ""


def test_record_keeps_no_secret_in_anything_that_it_is_told() -> None:
    told, record = f"y {TOKEN}", Record(requirement("a.b"), "1.0", Redaction({"X": TOKEN}))
    exchange = Exchange(
        method=told,
        url=f"http://agent.example/{TOKEN}",
        request_headers={"X": TOKEN, "Y": told},
        request_body=told.encode(),
        response_headers={"content-type": told},
        response_body=told.encode(),
        status=200,
        trouble=told,
    )
    record.breach(told, told, exchange)
    record.miss(told, told)
    first = record.result()
    record.fail(told)

    assert first.findings == (
        Finding(
            expected="y …",
            got="y …",
            curl="curl -sS -N -X 'y …' 'http://agent.example/…' -H 'X: …' -H 'Y: y …' "
            "--data-binary 'y …'",
            answer="HTTP 200, y …\ny …\ny …",
        ),
    )
    assert (first.reason, first.how, record.result().reason) == ("y …", "y …", "y …")


def test_nothing_is_cut_before_its_secrets_are_hidden() -> None:
    """What cases and the session hand on is whole: only a record cuts."""
    modules = Path(conformance.__file__).parent.rglob("*.py")
    cuts = [path.name for path in modules if re.search(r"\[:\d[\d_]{2,}\]", path.read_text())]

    assert cuts == []


def repeating(before: int) -> Answer:
    """A server that tells in each answer, after some signs, all credentials that it has seen."""
    seen: set[str] = set()

    async def answer(head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
        seen.update(re.findall(r"(?im)^(?:authorization|x-pin): (.+?)\r$", head.decode()))
        told = "y" * before + ", ".join(sorted(seen))
        code = -32004 if b"ListTasks" in body or b"tasks/" in body else -32099
        error = {"code": code, "message": told, "data": told}
        writer.write(http(json.dumps({"jsonrpc": told, "id": told, "error": error}).encode()))

    return answering(answer)


@pytest.mark.parametrize("before", [0, 170, 940, 3_930])
def test_secrets_that_an_endpoint_repeats_are_in_no_report(
    before: int, run: Run, tmp_path: Path
) -> None:
    words = [word for name in REPORTS for word in ("--report", f"{name}={tmp_path / name}")]
    words += ["--header", f"Authorization: Bearer {TOKEN}", "--header", f"X-Pin: {PIN}"]
    words += ["--other-header", f"Authorization: Bearer {OTHER}"]
    with listening(repeating(before)) as url:
        ended = run(url, "--timeout", "2", *words)

    written = [ended.out, *((tmp_path / name).read_text("utf-8") for name in REPORTS)]
    assert ended.code == 1
    for text in written:
        assert re.findall(r"s3cr3t-t|QQQQ|0ther-|WWWW|\b12345\b", text) == []


def test_secret_is_not_shown_where_there_is_no_card(run: Run) -> None:
    async def answer(head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
        told = b"y" * 250 + re.findall(rb"(?im)^authorization: (.+?)\r$", head)[0]
        writer.write(http(told, status="404 Not Found"))

    with listening(answer) as url:
        ended = run(url, "--header", f"Authorization: Bearer {TOKEN}")

    assert ended.code == 3
    assert "s3cr3t" not in ended.err
