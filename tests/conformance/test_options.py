from pathlib import Path
from typing import Any

import pytest

from conformance.options import Options, WrongOption, parsed
from conformance.requirements import requirements


def test_words_become_options() -> None:
    found = parsed(
        "http://127.0.0.1:9999",
        versions=["1.0", "1.0"],
        scenarios=True,
        prompts=["long=count = to 3", "input=ask"],
        headers=["Authorization: Bearer a:b"],
        other_headers=["X-Key:c"],
        trusts_card_urls=True,
        timeout_seconds=2.0,
        only=["tasks.", "stream."],
        min_exercised_percent=80.0,
    )

    assert found == Options(
        url="http://127.0.0.1:9999",
        versions=("1.0",),
        follows_scenarios=True,
        prompts={"long": "count = to 3", "input": "ask"},
        headers={"Authorization": "Bearer a:b"},
        other_headers={"X-Key": "c"},
        trusts_card_urls=True,
        webhook_host="127.0.0.1",
        timeout_seconds=2.0,
        only=("tasks.", "stream."),
        min_exercised_percent=80.0,
    )
    assert {one.area for one in found.requirements} == {"tasks", "stream"}


def test_headers_can_be_in_files_a_line_each(tmp_path: Path) -> None:
    path = tmp_path / "headers"
    path.write_text("Authorization: Bearer a:b\n\nX-Key: c\r\n")

    found = parsed(
        "http://agent.example",
        headers=[f"@{path}", "X-Key: d"],
        other_headers=[f"@{path}"],
    )

    assert found.headers == {"Authorization": "Bearer a:b", "X-Key": "d"}
    assert found.other_headers == {"Authorization": "Bearer a:b", "X-Key": "c"}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "the headers in .* cannot be read: No such file or directory"),
        (b"X-Key: \xff", "the headers in .* cannot be read: it is not in UTF-8"),
        (b"X-Key: a\nsecret", "a header is of the form 'NAME: VALUE'"),
        (b"X-Key: secret\x00", "a name without spaces, and a value in ASCII"),
    ],
)
def test_file_without_headers_is_refused_and_not_shown(
    content: bytes | None, complaint: str, tmp_path: Path
) -> None:
    path = tmp_path / "headers"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(WrongOption, match=complaint) as caught:
        parsed("http://agent.example", headers=[f"@{path}"])

    assert "secret" not in str(caught.value)


def test_without_prefixes_all_requirements_are_asked_for() -> None:
    assert parsed("http://agent.example").requirements == list(requirements().values())


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://localhost:1", "127.0.0.1"),
        ("http://[::1]:1/a", "127.0.0.1"),
        ("https://agent.example", None),
    ],
)
def test_endpoint_on_this_machine_reaches_webhooks_on_it(url: str, host: str | None) -> None:
    assert parsed(url).webhook_host == host
    assert parsed(url, webhook_host="here.example").webhook_host == "here.example"


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("127.0.0.1:9999", "no URL of an endpoint"),
        ("ftp://agent.example", "no URL of an endpoint"),
        ("http://", "no URL of an endpoint"),
        ("http://[::1", "no URL of an endpoint"),
        ("http://me:secret@agent.example", "credentials in a URL would be shown"),
    ],
)
def test_address_that_is_none_is_refused(url: str, complaint: str) -> None:
    with pytest.raises(WrongOption, match=complaint) as caught:
        parsed(url)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"versions": ["2.0"]}, "version '2.0' is none of 0.3, 1.0"),
        ({"timeout_seconds": 0.0}, "a timeout is a number of seconds above 0"),
        ({"timeout_seconds": float("nan")}, "a timeout is a number of seconds above 0"),
        ({"timeout_seconds": float("inf")}, "a timeout is a number of seconds above 0"),
        ({"min_exercised_percent": -1.0}, "a percentage is a number from 0 to 100"),
        ({"min_exercised_percent": 100.5}, "a percentage is a number from 0 to 100"),
        ({"min_exercised_percent": float("nan")}, "a percentage is a number from 0 to 100"),
        ({"prompts": ["long"]}, "not of the form NAME="),
        ({"prompts": ["long="]}, "not of the form NAME="),
        ({"prompts": ["longer=a"]}, "no prompt is called 'longer'; there are completes, "),
        ({"headers": ["secret"]}, "a header is of the form 'NAME: VALUE'"),
        ({"headers": ["a b: secret"]}, "a name without spaces, and a value in ASCII"),
        ({"other_headers": ["X: secret\x1b"]}, "a name without spaces, and a value in ASCII"),
        ({"only": ["nothing."]}, "no requirement begins with nothing."),
    ],
)
def test_option_that_cannot_be_carried_out_is_refused(
    options: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(WrongOption, match=complaint) as caught:
        parsed("http://agent.example", **options)

    assert "secret" not in str(caught.value)
